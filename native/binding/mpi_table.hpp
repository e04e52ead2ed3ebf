/* Between the addon, which knows no MPI, and a shim, native/binding/mpi_shim.c, which knows nothing of the addon. In C,
 * too. */
#pragma once

enum { NONCONVEX_MPI_VERSION = 2 };
enum { NONCONVEX_MPI_DONE = 0, NONCONVEX_MPI_PENDING = 1, NONCONVEX_MPI_FAILED = 2, NONCONVEX_MPI_NO_THREADS = 3 };

struct nonconvexMpi {
  int version;
  const char *(*library)(void);
  int (*open)(int *rank, int *size);
  int (*reduce)(int operation, double *values, int count); /* 0 sum, 1 max, 2 min */
  int (*broadcast)(int from, char *bytes, int count);
  int (*test)(void); /* of what was begun last */
  void (*close)(void);
  void (*abort)(int code);
};
