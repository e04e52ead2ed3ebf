import 'katex/dist/katex.min.css';
import theme from 'vitepress/theme';
import './wide.css';

export default theme;
