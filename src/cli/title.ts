import { version } from '../../package.json';

export const title = `nonconvex ${version}`;
