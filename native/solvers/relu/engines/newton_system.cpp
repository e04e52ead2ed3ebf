#include "solvers/relu/engines/newton_system.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "linalg/by_tiles.hpp"

namespace nonconvex {

struct ReluNewtonSystem::Tuning {
  /// measured: How many times as fast as ADMM's iterations the products of large matrices are.
  static constexpr double matrixSpeed = 3;
  /// rounding: The least curvature: square roots of it are divided by.
  static constexpr double leastCurvature = 1e-60;
  /// measured: Neurons whose free dimensions one task finds.
  static constexpr int chunk = 8;
  /// measured: The size from which systems of coupled outputs are factored in single precision.
  static constexpr int leastInSingle = 256;
  /// measured: Their solutions are corrected until the residual is at most this share of the right-hand side: 1e-4 took
  /// a tenth more steps.
  static constexpr double residualLeft = 1e-7;
  /// safeguard: Corrections after which single precision is given up.
  static constexpr int mostCorrections = 3;
};

namespace {

double dotOf(int n, const double* x, const double* y) { return blas::dot(n, x, y); }

/// Makes of the orthonormal columns of `q`, d x k, Householder's reflections whose product maps the first k unit
/// vectors onto their span: vector j begins at entry (j, j) and has length sqrt(2).
void reflectors(Mat<double> q) {
  for (int j = 0; j < q.cols; ++j) {
    const int size = q.rows - j;
    double* u = q.column(j) + j;
    const double length = blas::nrm2(size, u);
    const double head = u[0] < 0 ? u[0] - length : u[0] + length;
    const double squares = 2 * length * std::abs(head);
    const double scale = squares > 0 ? std::sqrt(2 / squares) : 0;
    u[0] = head;
    for (int i = 0; i < size; ++i) u[i] *= scale;
    for (int l = j + 1; l < q.cols; ++l) blas::axpy(size, -dotOf(size, u, q.column(l) + j), u, q.column(l) + j);
  }
}

}  // namespace

ReluNewtonSystem::ReluNewtonSystem(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map,
                                   const ReluProx<Cpu>& prox)
    : la_(la), data_(data), map_(map), prox_(prox), s_(data.n, data.c), product_(data.n, data.c) {
  active_.reserve(at(map.columns()));
  parts_.resize(at(data.c));
}

template <class T>
Mat<T> ReluNewtonSystem::view(HostBuffer<T>& buffer, int rows, int cols) {
  const std::size_t size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  if (buffer.size() < size) buffer = HostBuffer<T>(size + size / 4);
  return {buffer.data(), rows, cols, rows};
}

std::optional<double> ReluNewtonSystem::solve(In f, In residual, double rho, Mat<double> direction) {
  rho_ = rho;
  slope_ = 0;
  listActive();
  writeCurvature(f);
  if (data_.loss.coupled()) return solveCoupled(residual, direction) ? std::optional(slope_) : std::nullopt;
  for (int output = 0; output < data_.c; ++output) {
    if (!solveOutput(output, residual, direction)) return std::nullopt;
  }
  return slope_;
}

/// Lists the columns that are not zero, those of an output together, and lays out B.
void ReluNewtonSystem::listActive() {
  const int p = map_.patterns();
  const In v = prox_.v();
  active_.clear();
  for (int k = 0; k < data_.c; ++k) {
    Part& part = parts_[static_cast<std::size_t>(k)];
    part = {static_cast<int>(active_.size()), 0, 0};
    for (int s = 0; s < 2; ++s) {
      for (int j = (s * data_.c + k) * p; j < (s * data_.c + k + 1) * p; ++j) {
        if (blas::nrm2(v.rows, v.column(j)) == 0) continue;
        const int size = map_.dimension() - prox_.activeNormals(j).cols;
        active_.push_back({j, part.columns, size});
        part.columns += size;
        ++part.count;
      }
    }
  }
}

double ReluNewtonSystem::iterations() {
  listActive();
  const double n = data_.n;
  const double d = map_.dimension();
  const double p = map_.patterns();
  double total = 0;
  double all = 0;
  for (const Part& part : parts_) {
    const double columns = part.columns;
    const double least = std::min(n, columns);
    total += 2 * n * d * columns;
    if (!data_.loss.coupled()) total += n * columns * least + least * least * least / 3;
    all += columns;
  }
  if (data_.loss.coupled()) total += n * all * all + all * all * all / 3;
  const double system = std::min(n, d * p);
  const double iteration = (4 * n * d * p + 2 * system * system) * data_.c;
  return 2 + total / (Tuning::matrixSpeed * iteration);
}

double ReluNewtonSystem::bytes() {
  listActive();
  const double n = data_.n;
  double most = 0;
  double all = 0;
  for (const Part& part : parts_) {
    most = std::max(most, 1.0 * part.columns);
    all += part.columns;
  }
  const double own = n * most + std::pow(std::min(n, most), 2);
  return sizeof(double) * (data_.loss.coupled() ? 2.5 * n * all + 1.5 * all * all : own);
}

/// s := the square roots of W's diagonal.
void ReluNewtonSystem::writeCurvature(In f) {
  la_.forEach(data_.n, [&](int k) {
    data_.loss.curvature(f.data + k, data_.y.data() + k, s_.data() + k);
    for (int j = 0; j < data_.c; ++j) s_(k, j) = std::sqrt(std::max(s_(k, j), Tuning::leastCurvature));
  });
}

/// `free` := an orthonormal basis of what is orthogonal to the active normals of a column, times the square root of the
/// proximal step's derivative there, over rho.
void ReluNewtonSystem::writeFree(int column, Mat<double> free, double* work) const {
  const int d = map_.dimension();
  const In normals = prox_.activeNormals(column);
  const Mat<double> u{work, d, normals.cols, d};
  for (int l = 0; l < normals.cols; ++l) std::copy(normals.column(l), normals.column(l) + d, u.column(l));
  reflectors(u);
  for (int l = 0; l < free.cols; ++l) {
    double* z = free.column(l);
    std::fill(z, z + d, 0.0);
    z[normals.cols + l] = 1;
    for (int j = normals.cols - 1; j >= 0; --j) {
      blas::axpy(d - j, -dotOf(d - j, u.column(j) + j, z + j), u.column(j) + j, z + j);
    }
  }
  const double* v = prox_.v().column(column);
  const double length = blas::nrm2(d, v);
  const double across = std::sqrt(length / (length + data_.lambda / rho_));
  const double scale = 1 / std::sqrt(rho_);
  for (int l = 0; l < free.cols; ++l) {
    double* z = free.column(l);
    const double along = dotOf(d, v, z) / (length * length);
    for (int i = 0; i < d; ++i) z[i] = scale * (across * z[i] + (1 - across) * along * v[i]);
  }
}

/// b := diag(s) times the columns of B that belong to one output.
void ReluNewtonSystem::writeColumns(const Part& part, int output, Mat<double> b) {
  const int d = map_.dimension();
  const int n = data_.n;
  const Mat<double> free = view(free_, d, part.columns);
  const int chunks = (part.count + Tuning::chunk - 1) / Tuning::chunk;
  const Mat<double> work = view(work_, d * d, chunks);
  const Active* active = active_.data() + part.first;
  la_.tasks(chunks, [&](int c) {
    for (int l = c * Tuning::chunk; l < std::min(part.count, (c + 1) * Tuning::chunk); ++l) {
      writeFree(active[l].column, free.columns(active[l].begin, active[l].size), work.column(c));
    }
  });
  la_.gemm(Transpose::yes, Transpose::no, 1.0, map_.xt(), free, 0.0, b);
  const double* s = s_.column(output);
  la_.tasks(
      part.count,
      [&](int l) {
        const double* mask = map_.masks().column(active[l].column % map_.patterns());
        const double sign = map_.sign(active[l].column);
        for (int column = active[l].begin; column < active[l].begin + active[l].size; ++column) {
          double* x = b.column(column);
          for (int k = 0; k < n; ++k) x[k] *= sign * mask[k] * s[k];
        }
      },
      3.0 * n * part.columns);
}

template <class T>
bool ReluNewtonSystem::factor(Mat<T> m) const {
  for (int i = 0; i < m.rows; ++i) m(i, i) += 1;
  return byTiles::cholesky(la_, m);
}

/// The direction of one output whose loss is its own: df = r - B (I + B^T W B)^{-1} B^T W r, by that system or by the
/// one that the identity of Woodbury makes of it.
bool ReluNewtonSystem::solveOutput(int output, In residual, Mat<double> direction) {
  const Part& part = parts_[static_cast<std::size_t>(output)];
  const int n = data_.n;
  const int columns = part.columns;
  const Mat<double> b = view(columns_, n, columns);
  writeColumns(part, output, b);
  const double* s = s_.column(output);
  const double* r = residual.column(output);
  double* df = direction.column(output);
  const Vec<double> image{view(image_, n, 1).data, n};
  const Vec<double> inner{view(rhs_, std::max(1, columns), 1).data, columns};
  for (int k = 0; k < n; ++k) image[k] = s[k] * r[k];
  const bool byRows = n <= columns;
  const int size = std::min(n, columns);
  if (size > 0) {
    const Mat<double> m = view(matrix_, size, size);
    la_.syrk(byRows ? Transpose::no : Transpose::yes, 1.0, b, 0.0, m);
    if (!factor(m)) return false;
    if (byRows) {
      la_.choleskySolve(m, {image.data, n, 1, n});
      la_.gemv(Transpose::yes, 1.0, b, image, 0.0, inner);
    } else {
      la_.gemv(Transpose::yes, 1.0, b, image, 0.0, inner);
      la_.choleskySolve(m, {inner.data, columns, 1, columns});
    }
    la_.gemv(Transpose::no, 1.0, b, inner, 0.0, image);
  } else {
    std::fill(image.begin(), image.end(), 0.0);
  }
  for (int k = 0; k < n; ++k) {
    df[k] = r[k] - image[k] / s[k];
    slope_ -= s[k] * s[k] * r[k] * df[k];
  }
  return true;
}

/// The direction of all outputs together, where W = diag(h) - h h^T in each row.
bool ReluNewtonSystem::solveCoupled(In r, Mat<double> direction) {
  const int n = data_.n;
  int columns = 0;
  for (const Part& part : parts_) columns += part.columns;
  const Mat<double> b = view(columns_, n, columns);
  const Vec<double> inner{view(rhs_, std::max(1, columns), 1).data, columns};
  const Mat<double> image = view(image_, n, data_.c);
  la_.forEach(n, [&](int i) {  // what diag(s) B is multiplied with in B^T W r
    double mean = 0;
    for (int k = 0; k < data_.c; ++k) mean += s_(i, k) * s_(i, k) * r(i, k);
    for (int k = 0; k < data_.c; ++k) image(i, k) = s_(i, k) * (r(i, k) - mean);
  });
  int begin = 0;
  for (int k = 0; k < data_.c; ++k) {
    const Part& part = parts_[static_cast<std::size_t>(k)];
    writeColumns(part, k, b.columns(begin, part.columns));
    begin += part.columns;
  }
  timesTransposed(b, image, inner);
  if (!solveInSingle(b, inner)) {
    const Mat<double> m = coupledMatrix<double>(b, weighted_, matrix_);
    if (!factor(m)) return false;
    la_.choleskySolve(m, {inner.data, columns, 1, std::max(1, columns)});
  }
  times(b, inner, product_);
  for (int k = 0; k < data_.c; ++k) {
    for (int i = 0; i < n; ++i) {
      direction(i, k) = r(i, k) - product_(i, k) / s_(i, k);
      slope_ -= s_(i, k) * image(i, k) * direction(i, k);
    }
  }
  return true;
}

/// image := b x of each output, with its columns of b
void ReluNewtonSystem::times(In b, Vec<const double> x, Mat<double> image) const {
  int begin = 0;
  for (int k = 0; k < data_.c; ++k) {
    const int size = parts_[static_cast<std::size_t>(k)].columns;
    const Vec<double> own{image.column(k), image.rows};
    std::fill(own.begin(), own.end(), 0.0);
    if (size > 0) la_.gemv(Transpose::no, 1.0, b.columns(begin, size), x.part(begin, size), 0.0, own);
    begin += size;
  }
}

/// x := b^T image of each output, with its columns of b
void ReluNewtonSystem::timesTransposed(In b, In image, Vec<double> x) const {
  int begin = 0;
  for (int k = 0; k < data_.c; ++k) {
    const int size = parts_[static_cast<std::size_t>(k)].columns;
    la_.gemv(Transpose::yes, 1.0, b.columns(begin, size), {image.column(k), image.rows}, 0.0, x.part(begin, size));
    begin += size;
  }
}

/// B^T W B but for its upper triangle, from b = diag(s) B of all outputs side by side.
template <class T>
Mat<T> ReluNewtonSystem::coupledMatrix(In b, HostBuffer<T>& room, HostBuffer<T>& matrix) {
  const Mat<T> copy = view(room, b.rows, b.cols);
  const Mat<T> m = view(matrix, b.cols, b.cols);
  int begin = 0;
  for (int k = 0; k < data_.c; ++k) {
    const int size = parts_[static_cast<std::size_t>(k)].columns;
    la_.forEach(b.rows, size, [&](int i, int j) { copy(i, begin + j) = static_cast<T>(s_(i, k) * b(i, begin + j)); });
    begin += size;
  }
  byTiles::syrk<T>(la_, 'T', T(-1), copy, T(0), m);
  if constexpr (!std::is_same_v<T, double>) {
    la_.forEach(b.rows, b.cols, [&](int i, int j) { copy(i, j) = static_cast<T>(b(i, j)); });
  }
  begin = 0;
  for (const Part& part : parts_) {
    Mat<const T> own = copy.columns(begin, part.columns);
    if constexpr (std::is_same_v<T, double>) own = b.columns(begin, part.columns);
    byTiles::syrk<T>(la_, 'T', T(1), own, T(1), m.block(begin, begin, part.columns, part.columns));
    begin += part.columns;
  }
  return m;
}

/// x := (I + B^T W B)^{-1} x by a factor in single precision, with residuals in double precision. False, and x as it
/// was, where the system is small or its condition too high for that.
bool ReluNewtonSystem::solveInSingle(In b, Vec<double> x) {
  const int size = x.size;
  if (!singleIsEnough_ || size < Tuning::leastInSingle) return false;
  const Mat<float> m = coupledMatrix<float>(b, singleColumns_, singleMatrix_);
  singleIsEnough_ = factor(m);
  if (!singleIsEnough_) return false;
  const Mat<double> room = view(work_, size, 2);
  const Vec<double> solution{room.column(0), size}, rest{room.column(1), size};
  std::fill(solution.begin(), solution.end(), 0.0);
  std::copy(x.begin(), x.end(), rest.begin());
  const Mat<float> step = view(singleRhs_, size, 1);
  const double wanted = Tuning::residualLeft * la_.norm(x);
  for (int k = 0;; ++k) {
    const double length = la_.norm(rest);
    if (length <= wanted) {
      std::copy(solution.begin(), solution.end(), x.begin());
      return true;
    }
    singleIsEnough_ = k <= Tuning::mostCorrections;
    if (!singleIsEnough_) return false;
    for (int i = 0; i < size; ++i) step.data[i] = static_cast<float>(rest[i] / length);
    byTiles::choleskySolve<float>(la_, m, step);
    for (int i = 0; i < size; ++i) solution[i] += length * static_cast<double>(step.data[i]);
    times(b, solution, product_);
    la_.forEach(data_.n, [&](int i) {
      double mean = 0;
      for (int output = 0; output < data_.c; ++output) mean += s_(i, output) * product_(i, output);
      for (int output = 0; output < data_.c; ++output) product_(i, output) -= s_(i, output) * mean;
    });
    timesTransposed(b, product_, rest);
    for (int i = 0; i < size; ++i) rest[i] = x[i] - solution[i] - rest[i];
  }
}

}  // namespace nonconvex
