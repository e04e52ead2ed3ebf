// What the page sees of the main process: these functions and no more.
const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('solver', {
  train: (problem) => ipcRenderer.invoke('train', problem),
  abort: () => ipcRenderer.invoke('abort'),
  report: () => ipcRenderer.invoke('report'),
  onProgress: (listener) => ipcRenderer.on('progress', (_, progress) => listener(progress)),
});
