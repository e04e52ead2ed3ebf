// The main process: solves run on threads of their own, so that the window stays alive; the renderer has no Node and asks by name.
const { join } = require('node:path');
const { app, BrowserWindow, ipcMain } = require('electron');
const { solver } = require('./solver.js');

let window;

function open() {
  window = new BrowserWindow({
    width: 900,
    height: 640,
    webPreferences: {
      preload: join(__dirname, 'preload.js'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
    },
  });
  // A window that is closed ends its solves.
  const { webContents } = window;
  const solves = solver((channel, message) => {
    if (!webContents.isDestroyed()) webContents.send(channel, message);
  });
  for (const [name, answer] of Object.entries(solves.handlers)) {
    ipcMain.handle(name, (event, ...given) => {
      if (event.sender !== webContents) throw new Error('not asked by the window of this program');
      return answer(...given);
    });
  }
  window.on('closed', () => {
    solves.end();
    for (const name of Object.keys(solves.handlers)) ipcMain.removeHandler(name);
  });
  // The page is the only one that this window shows.
  webContents.on('will-navigate', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  return window.loadFile('index.html');
}

app.whenReady().then(open);
app.on('activate', () => BrowserWindow.getAllWindows().length === 0 && open());
app.on('window-all-closed', () => process.platform !== 'darwin' && app.quit());
