// Algebra that surrounds a solve: what takes long as jobs beside JavaScript's thread, what is linear in the entries of
// a matrix at once.
#include "binding/registry.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {
namespace {

/// Q^{-1} b for each row b of a matrix, by a Cholesky factorisation of Q.
class PositiveDefiniteJob final : public Job {
 public:
  explicit PositiveDefiniteJob(const Reader& in) {
    const MatrixInput Q = in.matrix("Q");
    require(Q.rows == Q.columns, "columns of Q", Q.columns, "expected as many as rows: " + show(Q.rows));
    factor_ = transposeOf(Q);
    const MatrixInput B = in.matrix("B");
    require(B.columns == Q.rows, "columns of B", B.columns, "expected as many as Q has: " + show(Q.rows));
    x_ = transposeOf(B);
  }

  void run(WorkerPool&, Monitor&) override {
    if (!la_.cholesky(factor_)) throw Error(ErrorKind::range, "Q: expected a positive definite matrix");
    la_.choleskySolve(factor_, x_);
  }

  Napi::Object result(Napi::Env env) override {
    Writer out(env);
    out.vector("x", std::span<const double>(x_.data(),
                                            static_cast<std::size_t>(x_.rows()) * static_cast<std::size_t>(x_.cols())));
    return out.object();
  }

 private:
  /// A copy, whose columns are the rows of the input.
  static HostMatrix<double> transposeOf(const MatrixInput& input) {
    HostMatrix<double> copy(input.columns, input.rows);
    for (int i = 0; i < input.rows; ++i) {
      for (int j = 0; j < input.columns; ++j) copy(j, i) = input(i, j);
    }
    return copy;
  }

  Cpu la_;
  HostMatrix<double> factor_, x_;
};

/// solvePositiveDefinite({ Q, B }) -> { promise } of { x }, the numbers Q^{-1} b for row 0, 1, ... of B
Napi::Value solvePositiveDefinite(Napi::Env env, const Reader& in) {
  return Environment::of(env).start(std::make_shared<PositiveDefiniteJob>(in));
}

/// checkSparse(name, matrix): throws where the matrix's offsets and indices do not fit together, and calls it `name`.
Napi::Value checkSparse(const Napi::CallbackInfo& info) {
  Inputs inputs;
  Reader(objectArgument(info, 1, "matrix"), inputs, info[0].ToString().Utf8Value()).asSparse();
  return info.Env().Undefined();
}

/// transposeStorage(matrix) -> the matrix by rows if it was by columns, and the other way round, indices in order
Napi::Value transposeStorage(Napi::Env env, const Reader& in) {
  return sparseObject(env, transposed(in.asSparse()).view());
}

const RegisterFunction ofAlgebra[] = {{"solvePositiveDefinite", solvePositiveDefinite, "request"},
                                      {"checkSparse", checkSparse},
                                      {"transposeStorage", transposeStorage, "matrix"}};

}  // namespace
}  // namespace nonconvex
