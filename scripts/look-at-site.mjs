// `node scripts/look-at-site.mjs [FOLDER]`: opens every page of the built site (npm run docs) in headless Chromium, 1366 and 390 pixels wide, and ends
// with an error that names pages that scroll sideways, code and formulas that do so at 1366 pixels, what a page logs as an error and what it asks of
// other servers. Pictures of the pages go to FOLDER, if it is given. CHROMIUM names another program than Debian's.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { files, main, root } from './shared.mjs';

const site = join(root, 'build-site');
const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
const widths = [1366, 390];
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** A server of the site's files, at a free port. */
function serve() {
  const server = createServer(({ url }, answer) => {
    const file = join(site, decodeURIComponent(new URL(url, 'http://localhost').pathname));
    if (url === '/favicon.ico') return answer.writeHead(204).end(); // which TypeDoc's pages do not name
    if (!file.startsWith(site) || !existsSync(file)) return answer.writeHead(404).end();
    answer.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    answer.end(readFileSync(file));
  });
  return new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(server)));
}

/** Runs in a page: its width, and the beginnings of what is wider than its box. */
const measure = () => ({
  scrolled: document.documentElement.scrollWidth,
  most: window.innerWidth,
  wide: [...document.querySelectorAll('.vp-doc pre, .vp-doc .katex-display')]
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.textContent.slice(0, 60)),
});

/** Complaints about a page, which is loaded at the width of the window. */
async function look(page, address, name, width) {
  await page.goto(`${address}/${name}`, { waitUntil: 'load' });
  const { scrolled, most, wide } = await page.evaluate(measure);
  const found = scrolled > most ? [`is ${scrolled} pixels wide`] : [];
  // Pages of developers have trees and differences of code.
  if (width === widths[0] && !name.startsWith('developers/')) found.push(...wide.map((text) => `scrolls: ${text}`));
  return found.map((what) => `${name} at ${width} pixels ${what}`);
}

/** Complaints about all pages at a width. */
async function lookAtAll(browser, address, names, width, pictures) {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const found = [];
  page.on('console', (message) => message.type() === 'error' && found.push(`${page.url()} logs ${message.text()}`));
  page.on('pageerror', (error) => found.push(`${page.url()} throws ${error}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:')) {
      found.push(`${page.url()} asks for ${request.url()}`);
    }
  });
  for (const name of names) {
    found.push(...(await look(page, address, name, width)));
    const path = pictures && join(pictures, `${name.replaceAll('/', '-')}-${width}.png`);
    if (path) await page.screenshot({ path, fullPage: true });
  }
  await page.close();
  return found;
}

main(async () => {
  if (!existsSync(program)) {
    return console.log(`skipped: a look at the site, as there is no ${program} (apt-get install chromium)`);
  }
  // TypeDoc lays out the pages of the API; of these the first is enough.
  const pages = files('build-site', (path) => /^build-site\/(?!api\/|playground\/).*\.html$/.test(path))
    .concat('build-site/api/index.html')
    .map((path) => path.slice('build-site/'.length));
  if (pages.length === 1) throw new Error('there is no build-site/: npm run docs builds it');
  const [folder] = process.argv.slice(2);
  const pictures = folder && resolve(folder);
  if (pictures) mkdirSync(pictures, { recursive: true });
  const server = await serve();
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  const address = `http://127.0.0.1:${server.address().port}`;
  const found = [];
  for (const width of widths) found.push(...(await lookAtAll(browser, address, pages, width, pictures)));
  await browser.close();
  server.close();
  if (found.length > 0) throw new Error(found.join('\n'));
  console.log(`${pages.length} pages fit ${widths.join(' and ')} pixels`);
});
