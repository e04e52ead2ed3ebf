// The Fortran interface of blas.hpp by portable_blas.hpp; part of builds with -DNONCONVEX_BLAS=portable alone.
#include "linalg/blas.hpp"

#include "linalg/portable_blas.hpp"

namespace portable = nonconvex::portable;

// Strides are 1 and triangles lower where blas.hpp has them so.
#define NONCONVEX_PORTABLE(T, p)                                                                                       \
  void p##gemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const T* alpha, const T* a,  \
                const int* lda, const T* b, const int* ldb, const T* beta, T* c, const int* ldc) {                     \
    portable::gemm(*ta, *tb, *m, *n, *k, *alpha, a, *lda, b, *ldb, *beta, c, *ldc);                                    \
  }                                                                                                                    \
  void p##gemv_(const char* trans, const int* m, const int* n, const T* alpha, const T* a, const int* lda, const T* x, \
                const int*, const T* beta, T* y, const int*) {                                                         \
    portable::gemv(*trans, *m, *n, *alpha, a, *lda, x, *beta, y);                                                      \
  }                                                                                                                    \
  void p##syrk_(const char*, const char* trans, const int* n, const int* k, const T* alpha, const T* a,                \
                const int* lda, const T* beta, T* c, const int* ldc) {                                                 \
    portable::syrkLower(*trans, *n, *k, *alpha, a, *lda, *beta, c, *ldc);                                              \
  }                                                                                                                    \
  void p##trsm_(const char* side, const char*, const char* trans, const char*, const int* m, const int* n,             \
                const T* alpha, const T* a, const int* lda, T* b, const int* ldb) {                                    \
    portable::trsmLower(*side, *trans, false, *m, *n, *alpha, a, *lda, b, *ldb);                                       \
  }                                                                                                                    \
  void p##symv_(const char*, const int* n, const T* alpha, const T* a, const int* lda, const T* x, const int*,         \
                const T* beta, T* y, const int*) {                                                                     \
    portable::symvLower(*n, *alpha, a, *lda, x, *beta, y);                                                             \
  }                                                                                                                    \
  void p##trsv_(const char* uplo, const char* trans, const char*, const int* n, const T* a, const int* lda, T* x,      \
                const int*) {                                                                                          \
    portable::trsv(*uplo, *trans, false, *n, a, *lda, x);                                                              \
  }                                                                                                                    \
  void p##potrf_(const char*, const int* n, T* a, const int* lda, int* info) {                                         \
    *info = portable::potrfLower(*n, a, *lda);                                                                         \
  }                                                                                                                    \
  void p##getrf_(const int* m, const int* n, T* a, const int* lda, int* pivots, int* info) {                           \
    *info = portable::getrf(*m, *n, a, *lda, pivots);                                                                  \
  }                                                                                                                    \
  void p##getrs_(const char* trans, const int* n, const int* nrhs, const T* a, const int* lda, const int* pivots,      \
                 T* b, const int* ldb, int* info) {                                                                    \
    for (int j = 0; j < *nrhs; ++j) portable::getrs(*trans, *n, a, *lda, pivots, portable::at(b, *ldb, 0, j));         \
    *info = 0;                                                                                                         \
  }                                                                                                                    \
  T p##dot_(const int* n, const T* x, const int*, const T* y, const int*) { return portable::dot(*n, x, y); }          \
  T p##nrm2_(const int* n, const T* x, const int*) { return portable::nrm2(*n, x); }                                   \
  void p##axpy_(const int* n, const T* alpha, const T* x, const int*, T* y, const int*) {                              \
    portable::axpy(*n, *alpha, x, y);                                                                                  \
  }

extern "C" {
NONCONVEX_PORTABLE(double, d)
NONCONVEX_PORTABLE(float, s)
}
