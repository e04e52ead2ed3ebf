#include "methods/projection/polyhedral_cone.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/in_pieces.hpp"
#include "linalg/vector_kernels.hpp"
#include "methods/projection/cone_kernels.hpp"

namespace nonconvex {
namespace {

double dotOf(int n, const double* x, const double* y) {
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += x[i] * y[i];
    s1 += x[i + 1] * y[i + 1];
    s2 += x[i + 2] * y[i + 2];
    s3 += x[i + 3] * y[i + 3];
  }
  for (; i < n; ++i) s0 += x[i] * y[i];
  return (s0 + s1) + (s2 + s3);
}

double normOf(int n, const double* x) { return std::sqrt(dotOf(n, x, x)); }

void axpy(int n, double alpha, const double* x, double* y) {
  for (int i = 0; i < n; ++i) y[i] += alpha * x[i];
}

/// Number of entries of an upper triangle, whose columns are stored one after the other.
std::size_t packed(int columns) {
  return static_cast<std::size_t>(columns) * static_cast<std::size_t>(columns + 1) / 2;
}

}  // namespace

int ConeActiveSet::strideOf(int dimension) { return (dimension + 7) / 8 * 8; }

double* ConeActiveSet::r(int j) const { return r_.data() + packed(j); }

void ConeActiveSet::reserve(int dimension, int size) {
  dimension_ = dimension;
  stride_ = strideOf(dimension);
  if (size <= capacity_) return;
  const int grown = std::min(dimension + 1, std::max({16, size, 2 * capacity_}));
  HostBuffer<double> q(static_cast<std::size_t>(stride_) * static_cast<std::size_t>(grown), Uninitialized{});
  HostBuffer<double> r(packed(grown), Uninitialized{});
  HostBuffer<double> mu(static_cast<std::size_t>(grown), Uninitialized{});
  const int k = this->size();
  std::copy(q_.data(), q_.data() + static_cast<std::ptrdiff_t>(k) * stride_, q.data());
  std::copy(r_.data(), r_.data() + packed(k), r.data());
  std::copy(mu_.data(), mu_.data() + k, mu.data());
  q_ = std::move(q);
  r_ = std::move(r);
  mu_ = std::move(mu);
  capacity_ = grown;
  rows_.reserve(static_cast<std::size_t>(grown));
}

/// inSpan := Q^T x
void ConeActiveSet::intoSpan(const double* x, double* inSpan) const {
  loops::transposedProduct(dimension_, size(), q(0), stride_, x, inSpan);
}

/// x -= Q inSpan
void ConeActiveSet::subtract(const double* inSpan, double* x) const {
  loops::subtractProduct(dimension_, size(), q(0), stride_, inSpan, 1, x);
}

/// Splits a unit normal into Q inSpan and the rest outside the span, and finds its coefficients R^{-1} inSpan by the
/// active normals; returns the squared length of the rest. Without active constraints the rest is all.
double ConeActiveSet::decompose(const double* normal, double* inSpan, double* rest, double* coefficients) const {
  const int k = size();
  std::copy(normal, normal + dimension_, rest);
  if (k == 0) return 1;
  intoSpan(rest, inSpan);
  subtract(inSpan, rest);
  double restSquared = dotOf(dimension_, rest, rest);
  if (restSquared < 0.5) {  // Gram and Schmidt once more, where much was cancelled: twice is enough
    double* correction = coefficients;
    intoSpan(rest, correction);
    subtract(correction, rest);
    for (int j = 0; j < k; ++j) inSpan[j] += correction[j];
    restSquared = dotOf(dimension_, rest, rest);
  }
  std::copy(inSpan, inSpan + k, coefficients);
  loops::solveUpper(k, r_.data(), coefficients);
  return restSquared;
}

/// Takes in a normal, given Q^T normal and the rest of it outside the span, which serves as work space after.
void ConeActiveSet::append(int row, const double* inSpan, double* rest) {
  const int k = size();
  const double length = normOf(dimension_, rest);
  std::copy(inSpan, inSpan + k, r(k));
  r(k)[k] = length;
  for (int i = 0; i < dimension_; ++i) q(k)[i] = rest[i] / length;
  if (length < 0.01 && k > 0) {  // dividing by a small length magnified what was left in the span
    intoSpan(q(k), rest);
    subtract(rest, q(k));
  }
  rows_.push_back(row);
}

/// Removes active constraint j; Givens rotations keep R triangular, a column after the other. `y` = Q^T b is rotated
/// along where given. `rotations` has room for two numbers a constraint.
void ConeActiveSet::drop(int j, double* y, double* rotations) {
  const int k = size();
  std::copy(mu_.data() + j + 1, mu_.data() + k, mu_.data() + j);
  rows_.erase(rows_.begin() + j);
  const auto rotate = [](double c, double s, double& top, double& bottom) {
    const double old = top;
    top = c * old + s * bottom;
    bottom = c * bottom - s * old;
  };
  for (int i = j; i < k - 1; ++i) {  // column i + 1 becomes column i, without an entry i + 1
    double* column = r(i + 1);
    for (int l = j; l < i; ++l) rotate(rotations[2 * l], rotations[2 * l + 1], column[l], column[l + 1]);
    const double h = std::sqrt(column[i] * column[i] + column[i + 1] * column[i + 1]);
    const double c = h > 0 ? column[i] / h : 1;
    const double s = h > 0 ? column[i + 1] / h : 0;
    column[i] = h;
    std::copy(column, column + i + 1, r(i));
    rotations[2 * i] = c;
    rotations[2 * i + 1] = s;
    if (y != nullptr) rotate(c, s, y[i], y[i + 1]);
    loops::rotate(dimension_, c, s, q(i), q(i + 1));
  }
}

/// p = the projection of b onto the subspace where all active constraints hold with equality.
void ConeActiveSet::projectOnCommonBoundary(const double* b, double* p, double* work) const {
  std::copy(b, b + dimension_, p);
  intoSpan(b, work);
  subtract(work, p);
}

ConeProjector::ConeProjector(const Cpu& la, Mat<const double> xt, Mat<const double> patterns, int groups)
    : la_(la),
      xt_(xt),
      patterns_(patterns),
      d_(xt.rows),
      n_(xt.cols),
      panelRows_(static_cast<std::size_t>(n_) * static_cast<std::size_t>(d_) > Tuning::cached
                     ? n_
                     : std::min(n_, Tuning::panel)),
      x_(static_cast<std::size_t>(n_) * static_cast<std::size_t>(d_)),
      norms_(static_cast<std::size_t>(n_)),
      sets_(static_cast<std::size_t>(groups)),
      scratch_(static_cast<std::size_t>(la.threads())),
      pending_(static_cast<std::size_t>(groups)),
      done_(static_cast<std::size_t>(groups)),
      shifts_(d_, groups),
      wasShort_(static_cast<std::size_t>(groups)) {
  constexpr int rowsAtOnce = 512;
  touchInPieces(x_.data(), x_.size(), [&] { la_.abortPoint(); });
  for (int k = 0; k < n_; ++k) {
    if (k % rowsAtOnce == 0) la_.abortPoint();
    norms_[static_cast<std::size_t>(k)] = blas::nrm2(d_, xt_.column(k));
    const int begin = k - k % panelRows_;
    const int rows = std::min(panelRows_, n_ - begin);
    double* to = x_.data() + static_cast<std::ptrdiff_t>(begin) * d_ + k % panelRows_;
    for (int i = 0; i < d_; ++i) to[static_cast<std::ptrdiff_t>(i) * rows] = xt_(i, k);
  }
  for (ConeActiveSet& set : sets_) set.reserve(d_, std::min(d_, 32));
  if (!settlesFew()) {
    points_ = HostMatrix<double>(d_, groups);
    products_ = HostMatrix<double>(n_, groups);
  }
  for (Scratch& scratch : scratch_) {
    la_.abortPoint();
    reserve(scratch);
    idle_.push_back(&scratch);
  }
}

/// Rows of unit length and signs in single precision: for the first projection that looks at them.
void ConeProjector::writeUnits() {
  HostBuffer<float> units(x_.size(), Uninitialized{});
  HostBuffer<float> signs(static_cast<std::size_t>(n_) * static_cast<std::size_t>(patterns_.cols), Uninitialized{});
  for (int begin = 0; begin < n_; begin += panelRows_) {
    la_.abortPoint();
    const int rows = std::min(panelRows_, n_ - begin);
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(begin) * d_;
    for (int i = 0; i < d_ * rows; ++i) {
      const double norm = norms_[static_cast<std::size_t>(begin + i % rows)];
      const double entry = x_[static_cast<std::size_t>(first + i)];
      units[static_cast<std::size_t>(first + i)] = norm > 0 ? static_cast<float>(entry / norm) : 0;
    }
  }
  float* to = signs.data();
  for (int j = 0; j < patterns_.cols; ++j) {
    la_.abortPoint();
    for (int k = 0; k < n_; ++k) *to++ = patterns_(k, j) != 0 ? 1 : -1;
  }
  units_ = std::move(units);
  signs_ = std::move(signs);
}

void ConeProjector::reserve(Scratch& scratch) const {
  scratch.rows.reserve(static_cast<std::size_t>(Tuning::mostCandidates));
  scratch.all.resize(static_cast<std::size_t>(n_));
  scratch.normals = HostMatrix<double>(ConeActiveSet::strideOf(d_), Tuning::mostCandidates);
  for (HostBuffer<double>* buffer : {&scratch.work, &scratch.inSpan, &scratch.rest, &scratch.coefficients}) {
    *buffer = HostBuffer<double>(static_cast<std::size_t>(d_ + 1));
  }
  scratch.rotations = HostBuffer<double>(static_cast<std::size_t>(2 * d_));
  scratch.slack = HostBuffer<double>(static_cast<std::size_t>(Tuning::mostCandidates));
  scratch.slacks = HostBuffer<double>(static_cast<std::size_t>(n_));
  if (settlesFew()) {
    const int most = std::min(Tuning::few, static_cast<int>(sets_.size()));
    scratch.points = HostMatrix<double>(d_, most);
    scratch.products = HostMatrix<double>(n_, most);
    scratch.directions = HostBuffer<float>(static_cast<std::size_t>(d_) * static_cast<std::size_t>(most));
    scratch.cosines = HostBuffer<float>(static_cast<std::size_t>(n_) * static_cast<std::size_t>(most));
  }
}

void ConeProjector::takeActiveSets(ConeProjector& from, const std::vector<int>& places) {
  for (std::size_t g = 0; g < sets_.size(); ++g) {
    sets_[g] = std::move(from.sets_[g]);
    for (int& row : sets_[g].rows_) row = places[static_cast<std::size_t>(row)];
  }
}

ConeProjector::Lease::Lease(ConeProjector& projector, Scratch* own)
    : projector_(projector), scratch_(own), owned_(own != nullptr) {
  if (owned_) return;
  const std::lock_guard lock(projector.idleMutex_);
  scratch_ = projector.idle_.back();
  projector.idle_.pop_back();
}

ConeProjector::Lease::~Lease() {
  if (owned_) return;
  const std::lock_guard lock(projector_.idleMutex_);
  projector_.idle_.push_back(scratch_);
}

/// p = the projection of b onto the subspace where the rows active last stay active, less those whose multiplier would
/// be negative: a valid beginning for the dual method.
void ConeProjector::warmStart(ConeActiveSet& set, const double* b, double* p, Scratch& scratch) const {
  std::copy(b, b + d_, p);
  int k = set.size();
  if (k == 0) return;
  double* y = scratch.work.data();
  double* mu = set.mu_.data();
  set.intoSpan(b, y);
  for (;;) {
    for (int j = 0; j < k; ++j) mu[j] = -y[j];
    loops::solveUpper(k, set.r_.data(), mu);
    const double* least = std::min_element(mu, mu + k);
    if (*least >= 0) break;
    set.drop(static_cast<int>(least - mu), y, scratch.rotations.data());
    if (--k == 0) return;
  }
  set.subtract(y, p);
}

void ConeProjector::findViolated(int group, const double* xp, double tolerance, Scratch& found) const {
  found.rows.clear();
  const double* pattern = patterns_.column(group % patterns_.cols);
  const double* norm = norms_.data();
  int* rows = found.all.data();
  int count = 0;
  for (int begin = 0; begin < n_; begin += Tuning::piece) {
    const int size = std::min(Tuning::piece, n_ - begin);
    if (!loops::anyNegative(size, pattern + begin, xp + begin, tolerance, norm + begin)) continue;
    // Written at every row and kept where violated: no branch to guess.
    for (int k = begin; k < begin + size; ++k) {
      rows[count] = k;
      count += (2 * pattern[k] - 1) * xp[k] + tolerance * norm[k] < 0 ? 1 : 0;
    }
  }
  keepWorst(
      count, [&](int k) { return (2 * pattern[k] - 1) * xp[k] / norm[k]; }, found);
}

/// Makes the first `count` of `all` the rows found, or the worst of them, by their slack.
template <class T>
void ConeProjector::keepWorst(int count, const T& slackOf, Scratch& found) {
  int* rows = found.all.data();
  if (count > Tuning::mostCandidates) {
    double* slack = found.slacks.data();
    for (int i = 0; i < count; ++i) slack[rows[i]] = slackOf(rows[i]);
    std::nth_element(rows, rows + Tuning::mostCandidates, rows + count,
                     [&](int k, int l) { return slack[k] < slack[l]; });
    std::sort(rows, rows + Tuning::mostCandidates);
    count = Tuning::mostCandidates;
  }
  found.rows.assign(rows, rows + count);
}

/// Finds what findViolated finds, from cosines s_k <x_k, p> / (||x_k|| ||p||) in single precision: their error is at
/// most `margin`, and rows for which that leaves a doubt are looked at in double precision. Active rows hold with
/// equality.
void ConeProjector::screen(int group, const double* p, double length, double tolerance, float* cosines,
                           Scratch& found) const {
  const float margin = static_cast<float>(d_ + 4) * std::numeric_limits<float>::epsilon() / 2;
  const double least = -tolerance / length;
  const float bound = static_cast<float>(least) + margin;
  const float* signs = signs_.data() + static_cast<std::ptrdiff_t>(group % patterns_.cols) * n_;
  for (const int row : sets_[static_cast<std::size_t>(group)].rows_) cosines[row] = signs[row];
  int* rows = found.all.data();
  int count = 0;
  for (int begin = 0; begin < n_; begin += Tuning::piece) {
    const int size = std::min(Tuning::piece, n_ - begin);
    if (!loops::anyBelow(size, signs + begin, cosines + begin, bound)) continue;
    for (int k = begin; k < begin + size; ++k) {
      rows[count] = k;
      count += signs[k] * cosines[k] < bound ? 1 : 0;
    }
  }
  int kept = 0;
  for (int i = 0; i < count; ++i) {
    const int k = rows[i];
    const double norm = norms_[static_cast<std::size_t>(k)];
    const bool certain = static_cast<double>(signs[k] * cosines[k]) < least - static_cast<double>(margin);
    if (!certain && sign(k, group) * dotOf(d_, xt_.column(k), p) + tolerance * norm >= 0) continue;
    rows[kept++] = k;
  }
  keepWorst(
      kept, [&](int k) { return static_cast<double>(signs[k] * cosines[k]); }, found);
}

/// Unit normals of the candidate rows, which point into the cone.
void ConeProjector::writeNormals(int group, Scratch& candidates) const {
  for (std::size_t c = 0; c < candidates.rows.size(); ++c) {
    const int row = candidates.rows[c];
    const double scale = sign(row, group) / norms_[static_cast<std::size_t>(row)];
    double* normal = candidates.normals.column(static_cast<int>(c));
    for (int i = 0; i < d_; ++i) normal[i] = scale * xt_(i, row);
  }
}

/// Goldfarb and Idnani's method on the candidate rows: takes in the most violated one while there is one and the point
/// is longer than `threshold`. Returns the number of changes to the active set.
int ConeProjector::addToWorkingSet(ConeActiveSet& set, const double* b, double tolerance, double threshold, double* p,
                                   Scratch& candidates) const {
  const int count = static_cast<int>(candidates.rows.size());
  double* slack = candidates.slack.data();
  const int mostChanges = 20 * (count + d_);
  int changes = 0;
  while (changes < mostChanges) {
    la_.checkpoint();
    loops::transposedProduct(d_, count, candidates.normals.data(), candidates.normals.rows(), p, slack);
    const int worst = static_cast<int>(std::min_element(slack, slack + count) - slack);
    if (slack[worst] >= -tolerance) break;
    if (normOf(d_, p) <= threshold) return changes;
    changes += activate(set, worst, p, candidates);
  }
  // Steps add up rounding; the basis gives the point afresh.
  set.projectOnCommonBoundary(b, p, candidates.work.data());
  return changes;
}

/// Steps 2 and 3 of the method: moves p along the part of the violated normal outside the span of the active ones until
/// it holds with equality. An active constraint whose multiplier becomes 0 before is dropped, and the step goes on.
/// Returns the number of changes to the active set.
int ConeProjector::activate(ConeActiveSet& set, int candidate, double* p, Scratch& candidates) const {
  double* normal = candidates.normals.column(candidate);
  double* inSpan = candidates.inSpan.data();
  double* rest = candidates.rest.data();
  double* coefficients = candidates.coefficients.data();
  double entering = 0;  // multiplier of the constraint that enters
  for (int changes = 1;; ++changes) {
    const int k = set.size();
    double* mu = set.mu_.data();
    const double restSquared = set.decompose(normal, inSpan, rest, coefficients);
    const bool dependent = restSquared < Tuning::dependence * Tuning::dependence;
    double partial = INFINITY;  // the step to the first multiplier that becomes 0
    int leaving = -1;
    for (int j = 0; j < k; ++j) {
      if (coefficients[j] > 0 && mu[j] < partial * coefficients[j]) {
        partial = mu[j] / coefficients[j];
        leaving = j;
      }
    }
    const double full = dependent ? INFINITY : -dotOf(d_, normal, p) / restSquared;
    const double t = std::min(full, partial);
    if (!std::isfinite(t)) {  // dependent on rows that all pull the same way: only rounding calls it violated
      std::fill(normal, normal + d_, 0.0);
      return changes;
    }
    if (!dependent) axpy(d_, t, rest, p);
    for (int j = 0; j < k; ++j) mu[j] -= t * coefficients[j];
    entering += t;
    if (full <= partial) {
      set.reserve(d_, k + 1);
      set.append(candidates.rows[static_cast<std::size_t>(candidate)], inSpan, rest);
      set.mu_[static_cast<std::size_t>(k)] = entering;
      return changes;
    }
    set.drop(leaving, nullptr, candidates.rotations.data());
  }
}

void ConeProjector::project(Vec<const int> list, Mat<const double> b, double threshold, Mat<double> p, Mat<double> xp) {
  const Request request{list, b, threshold, p, xp};
  if (!settlesFew()) return settle(la_, request, 0, list.size, nullptr);
  if (!request.wantsProducts() && units_.size() == 0) writeUnits();
  const Cpu serial = la_.serial();
  la_.tasks((list.size + Tuning::few - 1) / Tuning::few, [&](int chunk) {
    const Lease scratch(*this);
    settle(serial, request, chunk * Tuning::few, std::min(list.size, (chunk + 1) * Tuning::few), &*scratch);
  });
}

/// `project` for the places [first, last) of the list, by a thread that has scratch or by several that take some.
void ConeProjector::settle(const Cpu& la, const Request& request, int first, int last, Scratch* scratch) {
  la.tasks(last - first, [&](int i) {
    const int g = request.list[first + i];
    if (first + i + 1 < last) prefetch(request.list[first + i + 1]);
    if (shortAsBefore(request, first + i)) return;
    warmStart(sets_[static_cast<std::size_t>(g)], request.b.column(g), request.p.column(g), *Lease(*this, scratch));
  });
  int count = 0;
  for (int place = first; place < last; ++place) {
    if (!isShort(request, place)) pending_[static_cast<std::size_t>(first + count++)] = place;
  }
  // Every round settles at least the rows that it looks at; the bound only guards against cycling by rounding.
  const bool screens = settlesFew() && !request.wantsProducts();
  for (int round = 0; round < 100 && count > 0; ++round) {
    count = screens ? screenSome(request, first, count, *scratch) : settleSome(la, request, first, count, scratch);
  }
  for (int place = first; place < last; ++place) remember(request, place);
}

/// Asks for the active set of a group that is likely to need it, while another one is worked on.
void ConeProjector::prefetch(int group) const {
  if (wasShort_[static_cast<std::size_t>(group)] != 0) return;
  const ConeActiveSet& set = sets_[static_cast<std::size_t>(group)];
  constexpr int line = 8;
  const int k = set.size();
  for (int i = 0; i < k * set.stride_; i += line) __builtin_prefetch(set.q_.data() + i, 0, 2);
  for (int i = 0; i < static_cast<int>(packed(k)); i += line) __builtin_prefetch(set.r_.data() + i, 0, 2);
}

/// Returns true if the multipliers that showed a cone's point to be short last time do so again: most cones whose
/// weights stay zero are done with by that.
bool ConeProjector::shortAsBefore(const Request& request, int place) {
  const int g = request.list[place];
  if (wasShort_[static_cast<std::size_t>(g)] == 0 || request.threshold <= 0) return false;
  const double* b = request.b.column(g);
  const double* shift = shifts_.column(g);
  double* p = request.p.column(g);
  for (int i = 0; i < d_; ++i) p[i] = b[i] + shift[i];
  return isShort(request, place);
}

void ConeProjector::remember(const Request& request, int place) {
  const int g = request.list[place];
  const bool ended = isShort(request, place);
  wasShort_[static_cast<std::size_t>(g)] = ended;
  if (!ended) return;
  const double* b = request.b.column(g);
  const double* p = request.p.column(g);
  for (int i = 0; i < d_; ++i) shifts_(i, g) = p[i] - b[i];
}

/// One round for the `count` pending places from `first` on: one product with all rows, then each group by itself.
/// Returns how many are left pending.
int ConeProjector::settleSome(const Cpu& la, const Request& request, int first, int count, Scratch* scratch) {
  int* pending = pending_.data() + first;
  char* done = done_.data() + first;
  const Mat<double> points = (scratch != nullptr ? scratch->points : points_).view().columns(0, count);
  const Mat<double> products = (scratch != nullptr ? scratch->products : products_).view().columns(0, count);
  for (int slot = 0; slot < count; ++slot) {
    const double* from = request.p.column(request.list[pending[slot]]);
    std::copy(from, from + d_, points.column(slot));
  }
  multiply(la, points, products);
  la.tasks(count, [&](int slot) {
    done[slot] = settleOne(request, pending[slot], products.column(slot), *Lease(*this, scratch));
  });
  int left = 0;
  for (int slot = 0; slot < count; ++slot) {
    if (!done[slot]) pending[left++] = pending[slot];
  }
  return left;
}

/// `settleSome` by cosines in single precision.
int ConeProjector::screenSome(const Request& request, int first, int count, Scratch& scratch) {
  int* pending = pending_.data() + first;
  const auto cosinesOf = [&](int slot) { return scratch.cosines.data() + static_cast<std::ptrdiff_t>(slot) * n_; };
  for (int slot = 0; slot < count; ++slot) {
    const double* p = request.p.column(request.list[pending[slot]]);
    const double length = normOf(d_, p);
    const double scale = length > 0 ? 1 / length : 0;
    float* to = scratch.directions.data() + static_cast<std::ptrdiff_t>(slot) * d_;
    for (int i = 0; i < d_; ++i) to[i] = static_cast<float>(scale * p[i]);
  }
  la_.abortPoint();
  for (int begin = 0; begin < n_; begin += panelRows_) {
    const int rows = std::min(panelRows_, n_ - begin);
    blas::gemm('N', 'N', rows, count, d_, 1.0F, units_.data() + static_cast<std::ptrdiff_t>(begin) * d_, rows,
               scratch.directions.data(), d_, 0.0F, scratch.cosines.data() + begin, n_);
  }
  int left = 0;
  for (int slot = 0; slot < count; ++slot) {
    if (!screenOne(request, pending[slot], cosinesOf(slot), scratch)) pending[left++] = pending[slot];
  }
  return left;
}

/// products := X points
void ConeProjector::multiply(const Cpu& la, Mat<const double> points, Mat<double> products) const {
  if (panelRows_ == n_) {
    const Mat<const double> whole{x_.data(), n_, d_, n_};
    return la.gemmWithAborts(Transpose::no, Transpose::no, 1.0, whole, points, 0.0, products);
  }
  for (int begin = 0; begin < n_; begin += panelRows_) {
    const int rows = std::min(panelRows_, n_ - begin);
    la.abortPoint();
    blas::gemm('N', 'N', rows, points.cols, d_, 1.0, x_.data() + static_cast<std::ptrdiff_t>(begin) * d_, rows,
               points.data, points.stride, 0.0, products.data + begin, products.stride);
  }
}

/// Returns true if the point of a place, with its product with all rows, is the projection, or short. If rows are
/// violated, the worst of them are taken in.
bool ConeProjector::settleOne(const Request& request, int place, double* product, Scratch& candidates) {
  const int g = request.list[place];
  const double* b = request.b.column(g);
  double* point = request.p.column(g);
  const double tolerance = allowed_ * normOf(d_, b);
  findViolated(g, product, tolerance, candidates);
  if (!candidates.rows.empty()) return resume(request, place, tolerance, candidates);
  if (normOf(d_, point) <= Tuning::rounding * normOf(d_, b)) {
    std::fill(point, point + d_, 0.0);
    std::fill(product, product + n_, 0.0);
  }
  if (request.wantsProducts()) std::copy(product, product + n_, request.xp.column(place));
  return true;
}

/// `settleOne` by cosines in single precision.
bool ConeProjector::screenOne(const Request& request, int place, float* cosines, Scratch& candidates) {
  const int g = request.list[place];
  double* point = request.p.column(g);
  const double size = normOf(d_, request.b.column(g));
  const double length = normOf(d_, point);
  if (length <= Tuning::rounding * size) {
    std::fill(point, point + d_, 0.0);
    return true;
  }
  const double tolerance = allowed_ * size;
  screen(g, point, length, tolerance, cosines, candidates);
  return candidates.rows.empty() || resume(request, place, tolerance, candidates);
}

/// Takes in the worst of the rows that were found violated.
bool ConeProjector::resume(const Request& request, int place, double tolerance, Scratch& candidates) {
  const int g = request.list[place];
  writeNormals(g, candidates);
  pivots_ += addToWorkingSet(sets_[static_cast<std::size_t>(g)], request.b.column(g), tolerance, request.threshold,
                             request.p.column(g), candidates);
  return isShort(request, place);
}

/// All points on the way are projections onto larger cones, so no shorter than the one looked for.
bool ConeProjector::isShort(const Request& request, int place) const {
  return request.threshold > 0 && normOf(d_, request.p.column(request.list[place])) <= request.threshold;
}

double ConeProjector::normBound(int group, const double* q, double* work) const {
  const ConeActiveSet& set = sets_[static_cast<std::size_t>(group)];
  const double plain = normOf(d_, q);
  const int k = set.size();
  if (k == 0) return plain;
  // mu = max(0, -R^{-1} Q^T q); N mu = Q (R mu).
  double* mu = work;
  double* point = work + d_ + 1;
  set.intoSpan(q, mu);
  for (int j = 0; j < k; ++j) mu[j] = -mu[j];
  loops::solveUpper(k, set.r_.data(), mu);
  for (int j = 0; j < k; ++j) mu[j] = std::max(0.0, mu[j]);
  for (int j = 0; j < k; ++j) {
    const double* column = set.r(j);
    const double own = mu[j];
    for (int i = 0; i < j; ++i) mu[i] += own * column[i];
    mu[j] = own * column[j];
  }
  for (int j = 0; j < k; ++j) mu[j] = -mu[j];
  std::copy(q, q + d_, point);
  set.subtract(mu, point);
  return std::min(plain, normOf(d_, point));
}

}  // namespace nonconvex
