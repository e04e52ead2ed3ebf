// What g++'s static library of C++, made for glibc, asks of the C library and musl has not. scripts/try-platforms.mjs links both to the shared
// library of C++ that Bun for musl needs, for machines that have musl beside glibc: on Alpine Linux it is a package.
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded = 0;
__attribute__((visibility("hidden"))) void* __dso_handle = &__dso_handle;

unsigned long __isoc23_strtoul(const char* text, char** end, int base) { return strtoul(text, end, base); }
size_t __strftime_l(char* to, size_t size, const char* format, const struct tm* time, locale_t locale) {
  return strftime_l(to, size, format, time, locale);
}
int fseeko64(FILE* file, off_t offset, int from) { return fseeko(file, offset, from); }
off_t ftello64(FILE* file) { return ftello(file); }

#ifdef __aarch64__
unsigned long __getauxval(unsigned long what) { return getauxval(what); }
#endif

unsigned arc4random(void) {
  unsigned random = 0;
  while (getrandom(&random, sizeof random, 0) != sizeof random && errno == EINTR);
  return random;
}

// Destructors of a thread's variables.

struct destructor {
  void (*call)(void*);
  void* of;
  struct destructor* before;
};

static pthread_key_t destructors;
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void callAll(void* last) {
  for (struct destructor* each = last; each;) {
    struct destructor* before = each->before;
    each->call(each->of);
    free(each);
    each = before;
  }
}

static void makeKey(void) { pthread_key_create(&destructors, callAll); }

int __cxa_thread_atexit_impl(void (*call)(void*), void* of, void* library) {
  (void)library;
  pthread_once(&made, makeKey);
  struct destructor* added = malloc(sizeof *added);
  if (!added) return -1;
  *added = (struct destructor){call, of, pthread_getspecific(destructors)};
  return pthread_setspecific(destructors, added);
}

// The table of a library's exception handlers by an address of its code.

struct dl_find_object {
  unsigned long long flags;
  void *begin, *end, *map, *table;
  unsigned long long reserved[7];
};

struct query {
  uintptr_t address;
  struct dl_find_object* found;
};

static int isIn(struct dl_phdr_info* library, size_t size, void* data) {
  (void)size;
  struct query* query = data;
  uintptr_t begin = UINTPTR_MAX, end = 0, table = 0;
  int inside = 0;
  for (int k = 0; k < library->dlpi_phnum; ++k) {
    const ElfW(Phdr)* part = &library->dlpi_phdr[k];
    uintptr_t at = library->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_GNU_EH_FRAME) table = at;
    if (part->p_type != PT_LOAD) continue;
    if (at < begin) begin = at;
    if (at + part->p_memsz > end) end = at + part->p_memsz;
    if (query->address >= at && query->address < at + part->p_memsz) inside = 1;
  }
  if (!inside || !table) return 0;
  *query->found = (struct dl_find_object){.begin = (void*)begin, .end = (void*)end, .table = (void*)table};
  return 1;
}

int _dl_find_object(void* address, struct dl_find_object* found) {
  struct query query = {(uintptr_t)address, found};
  return dl_iterate_phdr(isIn, &query) ? 0 : -1;
}
