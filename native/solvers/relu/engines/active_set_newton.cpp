#include "solvers/relu/engines/active_set_newton.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "linalg/by_tiles.hpp"
#include "linalg/vector_kernels.hpp"
#include "methods/line_search/armijo.hpp"

namespace nonconvex {
namespace {

// A proximal problem is solved when its duality gap is at most what its centre will move, rho/2 ||v - centre||^2. A
// tenth of that took as many steps or up to a third more.
constexpr double proximalAccuracy = 1;
// rho is divided by the first number after a problem that took few steps, by the second after others.
constexpr double quickly = 10, slowly = 4;
constexpr int fewSteps = 4;
// Points before the threshold are at most about so many times as long as v: projections are exact to 1e-13 of them.
constexpr double longestPoint = 1e4;
// Below this share of the objective a proximal problem's duality gap is rounding.
constexpr double relativeRounding = 1e-12;
// Curvature below this is taken for it: square roots are divided by.
constexpr double leastCurvature = 1e-60;
// How many times as fast as ADMM's iterations the products of large matrices are.
constexpr double matrixSpeed = 3;
constexpr int mostHalvings = 10;
constexpr int mostRefusals = 3;
constexpr int chunk = 8;  // neurons whose free dimensions one task finds
// Systems of coupled outputs from this size on are factored in single precision, and their solutions corrected until
// the residual is at most so many times the right-hand side: 1e-4 took a tenth more steps.
constexpr int leastInSingle = 256;
constexpr double residualLeft = 1e-7;
constexpr int mostCorrections = 3;

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

ReluActiveSetNewton::ReluActiveSetNewton(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map,
                                         ReluProx<Cpu>& prox)
    : la_(la), data_(data), map_(map), prox_(prox) {
  const int d = map.dimension();
  for (HostMatrix<double>* m : {&centre_, &b_}) *m = HostMatrix<double>(d, map.columns());
  q_ = HostMatrix<double>(d, map.columns() / 2);
  for (HostMatrix<double>* m : {&f_, &before_, &direction_, &theta_, &r_, &s_}) {
    *m = HostMatrix<double>(data.n, data.c);
  }
  active_.reserve(static_cast<std::size_t>(map.columns()));
  parts_.resize(static_cast<std::size_t>(data.c));
}

template <class T>
Mat<T> ReluActiveSetNewton::view(HostBuffer<T>& buffer, int rows, int cols) {
  const std::size_t size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  if (buffer.size() < size) buffer = HostBuffer<T>(size + size / 4);
  return {buffer.data(), rows, cols, rows};
}

void ReluActiveSetNewton::start(In v, In f, double rho) {
  la_.copy(v, centre_.view());
  la_.copy(f, f_.view());
  rho_ = rho;
  inner_ = 0;
  refusals_ = 0;
  singleIsEnough_ = true;
  evaluate();
}

/// Everything at the predictions f.
void ReluActiveSetNewton::evaluate() {
  la_.forEach(data_.n, kernels::LossDualPoint<Host>{data_.loss, f_, data_.y, theta_});
  map_.adjoint(theta_, q_);
  place();
}

/// Everything at theta, with the centre and rho as they are.
void ReluActiveSetNewton::place() {
  la_.forEach(b_.rows(), b_.cols(), kernels::WarmStart<double, Host>{1 / rho_, centre_, q_, b_});
  prox_.apply(b_, data_.lambda / rho_);
  const In v = prox_.v();
  const In fv = prox_.fv();
  la_.forEach(static_cast<int>(r_.size()), [&](int i) { r_.data()[i] = fv.data[i] - f_.data()[i]; });
  const double squares = la_.sum(static_cast<int>(centre_.size()), [&](int i) {
    return (v.data[i] - centre_.data()[i]) * (v.data[i] + centre_.data()[i]);
  });
  const double bound = la_.sum(data_.n, kernels::LossDualValue<Host>{data_.loss, theta_, data_.y});
  value_ = rho_ / 2 * squares - bound;
}

double ReluActiveSetNewton::distance() const {
  const In v = prox_.v();
  return std::sqrt(
      la_.sum(static_cast<int>(centre_.size()), kernels::SquaredDifference<double>{v.data, centre_.data()}));
}

/// Whether v solves the proximal problem well enough, by its duality gap.
bool ReluActiveSetNewton::solved() const {
  const ReluPoint<Host> point = prox_.point();
  const double moved = distance();
  const double proximal = rho_ / 2 * moved * moved;
  const double objective =
      la_.sum(data_.n, kernels::LossValue<Host>{data_.loss, point.f, data_.y}) + data_.lambda * point.penalty;
  return objective + proximal + value_ <= std::max(proximalAccuracy * proximal, relativeRounding * objective);
}

/// The next proximal problem: less is added to the objective where the last one was easy.
void ReluActiveSetNewton::moveCentre() {
  const In v = prox_.v();
  la_.copy(v, centre_.view());
  double longest = 0;
  for (int j = 0; j < v.cols; ++j) longest = std::max(longest, blas::nrm2(v.rows, v.column(j)));
  const double least = longest > 0 ? data_.lambda / (longestPoint * longest) : rho_;
  rho_ = std::min(rho_, std::max(least, rho_ / (inner_ <= fewSteps ? quickly : slowly)));
  inner_ = 0;
  place();
}

bool ReluActiveSetNewton::step() {
  if (solved()) moveCentre();
  ++inner_;
  listActive();
  writeCurvature();
  slope_ = 0;
  if (data_.loss.coupled()) {
    if (!solveCoupled()) return false;
  } else {
    for (int output = 0; output < data_.c; ++output) {
      if (!solveOutput(output)) return false;
    }
  }
  if (search()) {
    refusals_ = 0;
    return true;
  }
  if (++refusals_ == mostRefusals) return false;
  rho_ *= 10;
  place();
  return true;
}

/// Lists the columns that are not zero, those of an output together, and lays out B.
void ReluActiveSetNewton::listActive() {
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

double ReluActiveSetNewton::iterations() {
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
  return 2 + total / (matrixSpeed * iteration);
}

double ReluActiveSetNewton::bytes() {
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
void ReluActiveSetNewton::writeCurvature() {
  la_.forEach(data_.n, [&](int k) {
    data_.loss.curvature(f_.data() + k, data_.y.data() + k, s_.data() + k);
    for (int j = 0; j < data_.c; ++j) s_(k, j) = std::sqrt(std::max(s_(k, j), leastCurvature));
  });
}

/// `free` := an orthonormal basis of what is orthogonal to the active normals of a column, times the square root of the
/// proximal step's derivative there, over rho.
void ReluActiveSetNewton::writeFree(int column, Mat<double> free, double* work) const {
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
void ReluActiveSetNewton::writeColumns(const Part& part, int output, Mat<double> b) {
  const int d = map_.dimension();
  const int n = data_.n;
  const Mat<double> free = view(free_, d, part.columns);
  const int chunks = (part.count + chunk - 1) / chunk;
  const Mat<double> work = view(work_, d * d, chunks);
  const Active* active = active_.data() + part.first;
  la_.tasks(chunks, [&](int c) {
    for (int l = c * chunk; l < std::min(part.count, (c + 1) * chunk); ++l) {
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
bool ReluActiveSetNewton::factor(Mat<T> m) const {
  for (int i = 0; i < m.rows; ++i) m(i, i) += 1;
  return byTiles::cholesky(la_, m);
}

/// The direction of one output whose loss is its own: df = r - B (I + B^T W B)^{-1} B^T W r, by that system or by the
/// one that the identity of Woodbury makes of it.
bool ReluActiveSetNewton::solveOutput(int output) {
  const Part& part = parts_[static_cast<std::size_t>(output)];
  const int n = data_.n;
  const int columns = part.columns;
  const Mat<double> b = view(columns_, n, columns);
  writeColumns(part, output, b);
  const double* s = s_.column(output);
  const double* r = r_.column(output);
  double* df = direction_.column(output);
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
bool ReluActiveSetNewton::solveCoupled() {
  const int n = data_.n;
  int columns = 0;
  for (const Part& part : parts_) columns += part.columns;
  const Mat<double> b = view(columns_, n, columns);
  const Vec<double> inner{view(rhs_, std::max(1, columns), 1).data, columns};
  const Mat<double> image = view(image_, n, data_.c);
  la_.forEach(n, [&](int i) {  // what diag(s) B is multiplied with in B^T W r
    double mean = 0;
    for (int k = 0; k < data_.c; ++k) mean += s_(i, k) * s_(i, k) * r_(i, k);
    for (int k = 0; k < data_.c; ++k) image(i, k) = s_(i, k) * (r_(i, k) - mean);
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
  times(b, inner, before_);
  for (int k = 0; k < data_.c; ++k) {
    for (int i = 0; i < n; ++i) {
      direction_(i, k) = r_(i, k) - before_(i, k) / s_(i, k);
      slope_ -= s_(i, k) * image(i, k) * direction_(i, k);
    }
  }
  return true;
}

/// image := b x of each output, with its columns of b
void ReluActiveSetNewton::times(In b, Vec<const double> x, Mat<double> image) const {
  int begin = 0;
  for (int k = 0; k < data_.c; ++k) {
    const int size = parts_[static_cast<std::size_t>(k)].columns;
    const Vec<double> own{image.column(k), image.rows};
    std::fill(own.begin(), own.end(), 0.0);
    if (size > 0) la_.gemv(Transpose::no, 1.0, b.columns(begin, size), x.part(begin, size), 0.0, own);
    begin += size;
  }
}

/// x := b^T image, likewise
void ReluActiveSetNewton::timesTransposed(In b, In image, Vec<double> x) const {
  int begin = 0;
  for (int k = 0; k < data_.c; ++k) {
    const int size = parts_[static_cast<std::size_t>(k)].columns;
    la_.gemv(Transpose::yes, 1.0, b.columns(begin, size), {image.column(k), image.rows}, 0.0, x.part(begin, size));
    begin += size;
  }
}

/// B^T W B but for its upper triangle, from b = diag(s) B of all outputs side by side.
template <class T>
Mat<T> ReluActiveSetNewton::coupledMatrix(In b, HostBuffer<T>& room, HostBuffer<T>& matrix) {
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
bool ReluActiveSetNewton::solveInSingle(In b, Vec<double> x) {
  const int size = x.size;
  if (!singleIsEnough_ || size < leastInSingle) return false;
  const Mat<float> m = coupledMatrix<float>(b, singleColumns_, singleMatrix_);
  singleIsEnough_ = factor(m);
  if (!singleIsEnough_) return false;
  const Mat<double> room = view(work_, size, 2);
  const Vec<double> solution{room.column(0), size}, rest{room.column(1), size};
  std::fill(solution.begin(), solution.end(), 0.0);
  std::copy(x.begin(), x.end(), rest.begin());
  const Mat<float> step = view(singleRhs_, size, 1);
  const double wanted = residualLeft * la_.norm(x);
  for (int k = 0;; ++k) {
    const double length = la_.norm(rest);
    if (length <= wanted) {
      std::copy(solution.begin(), solution.end(), x.begin());
      return true;
    }
    singleIsEnough_ = k <= mostCorrections;
    if (!singleIsEnough_) return false;
    for (int i = 0; i < size; ++i) step.data[i] = static_cast<float>(rest[i] / length);
    byTiles::choleskySolve<float>(la_, m, step);
    for (int i = 0; i < size; ++i) solution[i] += length * static_cast<double>(step.data[i]);
    times(b, solution, before_);
    la_.forEach(data_.n, [&](int i) {
      double mean = 0;
      for (int output = 0; output < data_.c; ++output) mean += s_(i, output) * before_(i, output);
      for (int output = 0; output < data_.c; ++output) before_(i, output) -= s_(i, output) * mean;
    });
    timesTransposed(b, before_, rest);
    for (int i = 0; i < size; ++i) rest[i] = x[i] - solution[i] - rest[i];
  }
}

/// Backtracks along the direction until the merit function has come down.
bool ReluActiveSetNewton::search() {
  // Projections keep their active sets: a direction that is no number would spoil them.
  if (!(slope_ <= 0) || !loops::allFinite(direction_.size(), direction_.data())) return false;
  const double slack =
      1e-14 * (std::abs(value_) + rho_ * dotOf(static_cast<int>(centre_.size()), centre_.data(), centre_.data()));
  const int size = static_cast<int>(f_.size());
  la_.copy(f_.view(), before_.view());
  const auto along = [&](double t) {
    la_.forEach(size, [&](int i) { f_.data()[i] = before_.data()[i] + t * direction_.data()[i]; });
    evaluate();
    return value_;
  };
  if (armijo(along, {.value = value_, .slope = slope_, .rounding = slack}, {.mostTrials = mostHalvings})) return true;
  la_.copy(before_.view(), f_.view());
  evaluate();
  return false;
}

}  // namespace nonconvex
