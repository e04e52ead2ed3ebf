// The Fortran interface of BLAS and LAPACK. Which library answers is chosen by the build: -DNONCONVEX_BLAS=openblas
// (static, serial), accelerate or system. Nothing outside native/linalg calls these.
#pragma once

extern "C" {
#define NONCONVEX_BLAS_ROUTINES(T, p)                                                                                  \
  void p##gemm_(const char* transA, const char* transB, const int* m, const int* n, const int* k, const T* alpha,      \
                const T* a, const int* lda, const T* b, const int* ldb, const T* beta, T* c, const int* ldc);          \
  void p##gemv_(const char* trans, const int* m, const int* n, const T* alpha, const T* a, const int* lda, const T* x, \
                const int* incx, const T* beta, T* y, const int* incy);                                                \
  void p##syrk_(const char* uplo, const char* trans, const int* n, const int* k, const T* alpha, const T* a,           \
                const int* lda, const T* beta, T* c, const int* ldc);                                                  \
  void p##trsm_(const char* side, const char* uplo, const char* trans, const char* diag, const int* m, const int* n,   \
                const T* alpha, const T* a, const int* lda, T* b, const int* ldb);                                     \
  void p##symv_(const char* uplo, const int* n, const T* alpha, const T* a, const int* lda, const T* x,                \
                const int* incx, const T* beta, T* y, const int* incy);                                                \
  void p##trsv_(const char* uplo, const char* trans, const char* diag, const int* n, const T* a, const int* lda, T* x, \
                const int* incx);                                                                                      \
  void p##potrf_(const char* uplo, const int* n, T* a, const int* lda, int* info);                                     \
  void p##getrf_(const int* m, const int* n, T* a, const int* lda, int* pivots, int* info);                            \
  void p##getrs_(const char* trans, const int* n, const int* nrhs, const T* a, const int* lda, const int* pivots,      \
                 T* b, const int* ldb, int* info);                                                                     \
  T p##dot_(const int* n, const T* x, const int* incx, const T* y, const int* incy);                                   \
  T p##nrm2_(const int* n, const T* x, const int* incx);                                                               \
  void p##axpy_(const int* n, const T* alpha, const T* x, const int* incx, T* y, const int* incy);
NONCONVEX_BLAS_ROUTINES(double, d)
NONCONVEX_BLAS_ROUTINES(float, s)
#undef NONCONVEX_BLAS_ROUTINES
}

namespace nonconvex::blas {

// Overloads by number type, so that templates need no letter.
#define NONCONVEX_BLAS_OVERLOADS(T, p)                                                                               \
  inline void gemm(char ta, char tb, int m, int n, int k, T alpha, const T* a, int lda, const T* b, int ldb, T beta, \
                   T* c, int ldc) {                                                                                  \
    p##gemm_(&ta, &tb, &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc);                                        \
  }                                                                                                                  \
  inline void gemv(char t, int m, int n, T alpha, const T* a, int lda, const T* x, T beta, T* y) {                   \
    const int one = 1;                                                                                               \
    p##gemv_(&t, &m, &n, &alpha, a, &lda, x, &one, &beta, y, &one);                                                  \
  }                                                                                                                  \
  inline void syrkLower(char t, int n, int k, T alpha, const T* a, int lda, T beta, T* c, int ldc) {                 \
    const char lower = 'L';                                                                                          \
    p##syrk_(&lower, &t, &n, &k, &alpha, a, &lda, &beta, c, &ldc);                                                   \
  }                                                                                                                  \
  inline void trsmLower(char side, char t, int m, int n, const T* a, int lda, T* b, int ldb, T alpha = 1) {          \
    const char lower = 'L', nonUnit = 'N';                                                                           \
    p##trsm_(&side, &lower, &t, &nonUnit, &m, &n, &alpha, a, &lda, b, &ldb);                                         \
  }                                                                                                                  \
  inline void trsv(char uplo, char t, int n, const T* a, int lda, T* x) {                                            \
    const char nonUnit = 'N';                                                                                        \
    const int one = 1;                                                                                               \
    p##trsv_(&uplo, &t, &nonUnit, &n, a, &lda, x, &one);                                                             \
  }                                                                                                                  \
  inline void symvLower(int n, T alpha, const T* a, int lda, const T* x, T beta, T* y) {                             \
    const char lower = 'L';                                                                                          \
    const int one = 1;                                                                                               \
    p##symv_(&lower, &n, &alpha, a, &lda, x, &one, &beta, y, &one);                                                  \
  }                                                                                                                  \
  inline int potrfLower(int n, T* a, int lda) {                                                                      \
    const char lower = 'L';                                                                                          \
    int info = 0;                                                                                                    \
    p##potrf_(&lower, &n, a, &lda, &info);                                                                           \
    return info;                                                                                                     \
  }                                                                                                                  \
  inline int getrf(int n, T* a, int lda, int* pivots) {                                                              \
    int info = 0;                                                                                                    \
    p##getrf_(&n, &n, a, &lda, pivots, &info);                                                                       \
    return info;                                                                                                     \
  }                                                                                                                  \
  inline void getrs(char t, int n, const T* a, int lda, const int* pivots, T* b) {                                   \
    const int one = 1;                                                                                               \
    int info = 0;                                                                                                    \
    p##getrs_(&t, &n, &one, a, &lda, pivots, b, &n, &info);                                                          \
  }                                                                                                                  \
  inline T dot(int n, const T* x, const T* y) {                                                                      \
    const int one = 1;                                                                                               \
    return p##dot_(&n, x, &one, y, &one);                                                                            \
  }                                                                                                                  \
  inline T nrm2(int n, const T* x) {                                                                                 \
    const int one = 1;                                                                                               \
    return p##nrm2_(&n, x, &one);                                                                                    \
  }                                                                                                                  \
  inline void axpy(int n, T alpha, const T* x, T* y) {                                                               \
    const int one = 1;                                                                                               \
    p##axpy_(&n, &alpha, x, &one, y, &one);                                                                          \
  }
NONCONVEX_BLAS_OVERLOADS(double, d)
NONCONVEX_BLAS_OVERLOADS(float, s)
#undef NONCONVEX_BLAS_OVERLOADS

}  // namespace nonconvex::blas
