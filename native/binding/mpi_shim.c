/* The only file that sees <mpi.h>: what native/binding/world.cpp asks of MPI, as a table of functions. Built by `npm
   run build:mpi`, once with the compiler of each MPI library, and opened where a launcher has started several ranks. */
#include <mpi.h>
#include <stdbool.h>
#include <stdlib.h>

#include "mpi_table.hpp"

static MPI_Comm ours = MPI_COMM_NULL;
static MPI_Request pending = MPI_REQUEST_NULL;

/* Open MPI's: whether a look gives the processor away, as it does where there are more ranks than processors, whatever
   its parameters say. Whoever waits here looks some times and then sleeps: each of its looks would last as long as all
   others on that processor have something to do. Returns what it was. Null in other libraries. */
extern bool opal_progress_set_yield_when_idle(bool yields) __attribute__((weak));
static bool yielded = false;

static int openRanks(int *rank, int *size) {
  int provided = 0, begun = 0;
  MPI_Initialized(&begun);
  /* Begun on the JavaScript thread, called by the worker that solves, one at a time. */
  if (begun || MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS)
    return NONCONVEX_MPI_FAILED;
  if (provided < MPI_THREAD_SERIALIZED) return NONCONVEX_MPI_NO_THREADS;
  if (MPI_Comm_dup(MPI_COMM_WORLD, &ours) != MPI_SUCCESS) return NONCONVEX_MPI_FAILED;
  if (opal_progress_set_yield_when_idle) yielded = opal_progress_set_yield_when_idle(false);
  MPI_Comm_rank(ours, rank);
  MPI_Comm_size(ours, size);
  return NONCONVEX_MPI_DONE;
}

/* None of these waits: `test` says when they are done, so that whoever waits can sleep. */
static int reduce(int operation, double *values, int count) {
  const MPI_Op operations[] = {MPI_SUM, MPI_MAX, MPI_MIN};
  return MPI_Iallreduce(MPI_IN_PLACE, values, count, MPI_DOUBLE, operations[operation], ours, &pending) == MPI_SUCCESS
             ? NONCONVEX_MPI_DONE
             : NONCONVEX_MPI_FAILED;
}

static int broadcast(int from, char *bytes, int count) {
  return MPI_Ibcast(bytes, count, MPI_CHAR, from, ours, &pending) == MPI_SUCCESS ? NONCONVEX_MPI_DONE
                                                                                 : NONCONVEX_MPI_FAILED;
}

static int test(void) {
  int done = 0;
  if (MPI_Test(&pending, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return NONCONVEX_MPI_FAILED;
  return done ? NONCONVEX_MPI_DONE : NONCONVEX_MPI_PENDING;
}

static void closeRanks(void) {
  /* What MPI waits for by itself it is to wait for as it wishes. */
  if (opal_progress_set_yield_when_idle) opal_progress_set_yield_when_idle(yielded);
  MPI_Comm_free(&ours);
  MPI_Finalize();
}

static void endJob(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  _Exit(code);
}

static const char *library(void) {
  static char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  return text;
}

__attribute__((visibility("default"))) const struct nonconvexMpi *nonconvexMpiTable(void) {
  static const struct nonconvexMpi table = {
      NONCONVEX_MPI_VERSION, library, openRanks, reduce, broadcast, test, closeRanks, endJob};
  return &table;
}
