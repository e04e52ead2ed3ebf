// Where the functions of Node-API are on Windows: in the program that loads the addon, whatever its name is (node.exe,
// electron.exe), or in the library that Node is part of. The usual import is from node.exe and no other.
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "node_api_names.h"  // NODE_API_FUNCTIONS(X): X(name) for each, made by cmake/addon.cmake

// What the compiler calls a function through that is declared as imported.
#define DEFINE(name) __attribute__((visibility("hidden"))) void* __imp_##name;
NODE_API_FUNCTIONS(DEFINE)

static void* find(const char* name) {
  static const wchar_t* const hosts[] = {NULL, L"node.dll", L"libnode.dll"};
  for (unsigned int i = 0; i < sizeof hosts / sizeof *hosts; ++i) {
    const HMODULE host = GetModuleHandleW(hosts[i]);
    void* const found = host != NULL ? (void*)GetProcAddress(host, name) : NULL;
    if (found != NULL) return found;
  }
  return NULL;
}

__attribute__((constructor)) static void connect(void) {
#define FIND(name) __imp_##name = find(#name);
  NODE_API_FUNCTIONS(FIND)
  // A worker_thread that ends must not unload the code which our own threads run.
  HMODULE self;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN, (const wchar_t*)&connect,
                     &self);
}
