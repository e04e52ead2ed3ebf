// What the coordinate descent for fractional programs is measured against: the first-order methods of its paper's
// tables, as a competent person writes them today. One thread, BLAS, dense G by columns; products skip the columns
// where x is zero.
//
//   (I)  F(x) = (1/2 ||G x - y||^2 + gamma ||x||_1) / (gamma topk(x)), topk the sum of the k largest |x_i|
//     pgsa   proximal gradient with a subgradient of g: N. Zhang, Q. Li, "First-order algorithms for a class of
//            fractional optimization problems", SIAM J. Optim. 32(1), 2022, with their line search
//     dpa    Dinkelbach: f + h - F(x) g, roughly minimised from the last x by proximal steps with extrapolation
//     qtpa   the same for the quadratic transform alpha^2 (f + h) - 2 alpha sqrt(g)
//   (II) F(x) = ||x||^2 / ||G x||_4^2
//     power  x := G^T (G x)^3, normalised. It is pgsa with step 1/2, and never increases F for any start.
//
//   bench_fractional_baselines PROBLEM pgsa|dpa|qtpa|power SECONDS     prints {"seconds", "objective", "iteration"}
//   bench_fractional_baselines                                        checks the methods on small problems
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "core/random.hpp"
#include "linalg/blas.hpp"
#include "linalg/views.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

/// The file: m, n, k as 32-bit integers (k = 0 for problem II), then gamma, G by rows, y, x0, in doubles.
struct Problem {
  Problem(int rows, int columns, int largest)
      : m(rows),
        n(columns),
        k(largest),
        G(rows, columns),
        y(static_cast<std::size_t>(rows)),
        start(static_cast<std::size_t>(columns)) {}

  static Problem read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::int32_t sizes[3] = {};
    file.read(reinterpret_cast<char*>(sizes), sizeof sizes);
    if (!file) throw std::runtime_error("cannot read " + path);
    Problem problem(sizes[0], sizes[1], sizes[2]);
    const auto fill = [&](double* to, std::size_t count) {
      file.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(count * sizeof(double)));
    };
    fill(&problem.gamma, 1);
    HostMatrix<double> byRows(problem.n, problem.m);
    fill(byRows.data(), byRows.size());
    fill(problem.y.data(), problem.y.size());
    fill(problem.start.data(), problem.start.size());
    if (!file) throw std::runtime_error(path + " is shorter than its sizes say");
    for (int j = 0; j < problem.n; ++j) {
      for (int i = 0; i < problem.m; ++i) problem.G(i, j) = byRows(j, i);
    }
    return problem;
  }

  int m, n, k;
  double gamma = 0;
  HostMatrix<double> G;
  HostBuffer<double> y, start;
};

/// x, G x and what F is made of.
struct Point {
  explicit Point(const Problem& problem)
      : x(static_cast<std::size_t>(problem.n)), Gx(static_cast<std::size_t>(problem.m)) {}
  double F() const { return numerator / denominator; }

  HostBuffer<double> x, Gx;
  double numerator = 0, denominator = 0;
};

double soft(double x, double threshold) { return x - std::clamp(x, -threshold, threshold); }

/// Values, products and subgradients of problem I.
class SparseRecovery {
 public:
  explicit SparseRecovery(const Problem& problem)
      : problem_(problem), magnitudes_(static_cast<std::size_t>(problem.n)), residual_(problem.y.size()) {}

  int n() const { return problem_.n; }
  int m() const { return problem_.m; }
  double gamma() const { return problem_.gamma; }
  Point start() const {
    Point point(problem_);
    std::copy(problem_.start.data(), problem_.start.data() + n(), point.x.data());
    return point;
  }

  /// Everything of the point from its x.
  void evaluate(Point& point) {
    const double* x = point.x.data();
    const auto nonzeros = n() - std::count(x, x + n(), 0.0);
    if (2 * nonzeros > n()) {
      blas::gemv('N', m(), n(), 1.0, problem_.G.data(), m(), x, 0.0, point.Gx.data());
    } else {
      std::fill(point.Gx.data(), point.Gx.data() + m(), 0.0);
      for (int j = 0; j < n(); ++j) {
        if (x[j] != 0) blas::axpy(m(), x[j], problem_.G.column(j), point.Gx.data());
      }
    }
    double squares = 0, l1 = 0;
    for (int i = 0; i < m(); ++i) squares += square(point.Gx[index(i)] - problem_.y[index(i)]);
    for (int j = 0; j < n(); ++j) l1 += std::fabs(x[j]);
    point.numerator = 0.5 * squares + gamma() * l1;
    rank(x);
    double top = 0;
    for (int j = 0; j < problem_.k; ++j) top += magnitudes_[index(j)];
    point.denominator = gamma() * top;
  }

  /// G^T (Gx - y)
  void gradient(const double* Gx, double* out) {
    for (int i = 0; i < m(); ++i) residual_[index(i)] = Gx[i] - problem_.y[index(i)];
    blas::gemv('T', m(), n(), 1.0, problem_.G.data(), m(), residual_.data(), 0.0, out);
  }

  /// out += scale v, v a subgradient of g.
  void addSubgradient(const double* x, double scale, double* out) {
    rank(x);
    const double least = magnitudes_[index(problem_.k - 1)];
    auto ties = problem_.k - std::count_if(magnitudes_.begin(), magnitudes_.begin() + problem_.k,
                                           [&](double value) { return value > least; });
    for (int j = 0; j < n(); ++j) {
      const double magnitude = std::fabs(x[j]);
      if (magnitude > least || (magnitude == least && ties-- > 0)) {
        out[j] += scale * gamma() * ((x[j] > 0) - (x[j] < 0));
      }
    }
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  static double square(double x) { return x * x; }
  /// The k largest |x_j| first.
  void rank(const double* x) {
    for (int j = 0; j < n(); ++j) magnitudes_[index(j)] = std::fabs(x[j]);
    std::nth_element(magnitudes_.begin(), magnitudes_.begin() + problem_.k - 1, magnitudes_.end(), std::greater<>());
  }

  const Problem& problem_;
  std::vector<double> magnitudes_;
  HostBuffer<double> residual_;
};

double squaredDistance(std::size_t n, const double* a, const double* b) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

class Method {
 public:
  virtual ~Method() = default;
  virtual void step() = 0;
  /// Objective of the best point so far.
  virtual double objective() const = 0;
  /// 0 where the point is critical, relative to its size.
  virtual double stationarity() = 0;
};

/// || x - prox(x - (gradient f - F v)) || / || x ||, the residual of criticality of all methods for problem I.
double criticality(SparseRecovery& problem, const Point& at) {
  HostBuffer<double> direction(at.x.size());
  problem.gradient(at.Gx.data(), direction.data());
  problem.addSubgradient(at.x.data(), -at.F(), direction.data());
  double sum = 0, size = 0;
  for (std::size_t j = 0; j < at.x.size(); ++j) {
    const double to = soft(at.x[j] - direction[j], problem.gamma());
    sum += (at.x[j] - to) * (at.x[j] - to);
    size += at.x[j] * at.x[j];
  }
  return std::sqrt(sum / size);
}

/// x+ = prox_{a h}(x - a (gradient f(x) - F(x) v)), v a subgradient of g at x. The step a starts at the one of Barzilai
/// and Borwein, ||s||^2 / ||G s||^2 for the last move s, and is halved until
///   F(x+) <= F(x) - 1e-4 ||x+ - x||^2 / (2 a g(x+)).
class Pgsa : public Method {
 public:
  explicit Pgsa(const Problem& problem)
      : problem_(problem), now_(problem_.start()), next_(problem_.start()), direction_(now_.x.size()) {
    problem_.evaluate(now_);
  }

  void step() override {
    problem_.gradient(now_.Gx.data(), direction_.data());
    problem_.addSubgradient(now_.x.data(), -now_.F(), direction_.data());
    for (double a = step_; a > 1e-14 * step_; a /= 2) {
      for (std::size_t j = 0; j < now_.x.size(); ++j) {
        next_.x[j] = soft(now_.x[j] - a * direction_[j], a * problem_.gamma());
      }
      problem_.evaluate(next_);
      const double moved = squaredDistance(now_.x.size(), next_.x.data(), now_.x.data());
      if (moved == 0) return;
      if (!(next_.F() <= now_.F() - 1e-4 * moved / (2 * a * next_.denominator))) continue;
      const double curvature = squaredDistance(now_.Gx.size(), next_.Gx.data(), now_.Gx.data());
      step_ = std::clamp(moved / curvature, 1e-10, 1e10);
      std::swap(now_, next_);
      return;
    }
  }
  double objective() const override { return now_.F(); }
  double stationarity() override { return criticality(problem_, now_); }

 private:
  SparseRecovery problem_;
  Point now_, next_;
  HostBuffer<double> direction_;
  double step_ = 1;
};

/// Minimises f + h - c(g) roughly, then takes the next c:
///   Dinkelbach           c(g) = F(x) g,                              which is 0 at the x where it was taken
///   quadratic transform  c(g) = 2 sqrt(g) / alpha, alpha = sqrt(g(x)) / (f(x) + h(x))
/// Where these functions descend, F ends below what it was when they were taken, but may rise in between. A step is one
/// of the proximal gradient from an extrapolated point, with c linearised at x (B. Wen, X. Chen, T. K. Pong, "A
/// proximal difference-of-convex algorithm with extrapolation", Comput. Optim. Appl. 69, 2018), restarted where the
/// function would increase; its length follows ||G d||^2 <= L ||d||^2 along the step d taken. The next c is due when a
/// step gains less than a tenth of the best one for this c, or after fifty.
class Parametric : public Method {
 public:
  enum class Transform { dinkelbach, quadratic };

  Parametric(const Problem& problem, Transform transform)
      : problem_(problem),
        transform_(transform),
        now_(problem_.start()),
        before_(problem_.start()),
        next_(problem_.start()),
        z_(problem_.start()),
        direction_(now_.x.size()) {
    problem_.evaluate(now_);
    problem_.evaluate(before_);
    best_ = F_ = now_.F();
    most_ = blas::dot(static_cast<int>(problem.G.size()), problem.G.data(), problem.G.data());
    update();
  }

  void step() override {
    const double tNext = (1 + std::sqrt(1 + 4 * t_ * t_)) / 2;
    if (!tryStep((t_ - 1) / tNext)) {
      t_ = 1;
      tryStep(0);
    } else {
      t_ = tNext;
    }
    const double gain = value(now_) - value(next_);
    std::swap(before_, now_);
    std::swap(now_, next_);
    best_ = std::min(best_, now_.F());
    bestGain_ = std::max(bestGain_, gain);
    if (++inner_ >= 50 || gain <= 0.1 * bestGain_) update();
  }
  double objective() const override { return best_; }
  double stationarity() override { return criticality(problem_, now_); }

 private:
  void update() {
    if (now_.F() > F_ * (1 + 1e-12)) throw std::logic_error("F rose from one transform to the next");
    F_ = now_.F();
    alpha_ = std::sqrt(now_.denominator) / now_.numerator;
    inner_ = 0;
    bestGain_ = 0;
  }
  double value(const Point& at) const {
    return at.numerator -
           (transform_ == Transform::dinkelbach ? F_ * at.denominator : 2 * std::sqrt(at.denominator) / alpha_);
  }
  double slope(const Point& at) const {
    return transform_ == Transform::dinkelbach ? F_ : 1 / (alpha_ * std::sqrt(at.denominator));
  }

  /// next := proximal step from now + beta (now - before); false where that increases the function.
  bool tryStep(double beta) {
    const auto extrapolate = [beta](const HostBuffer<double>& a, const HostBuffer<double>& b, double* to) {
      for (std::size_t i = 0; i < a.size(); ++i) to[i] = a[i] + beta * (a[i] - b[i]);
    };
    extrapolate(now_.x, before_.x, z_.x.data());
    extrapolate(now_.Gx, before_.Gx, z_.Gx.data());
    problem_.gradient(z_.Gx.data(), direction_.data());
    problem_.addSubgradient(now_.x.data(), -slope(now_), direction_.data());
    for (L_ *= 0.9;;) {
      for (std::size_t j = 0; j < z_.x.size(); ++j) {
        next_.x[j] = soft(z_.x[j] - direction_[j] / L_, problem_.gamma() / L_);
      }
      problem_.evaluate(next_);
      const double moved = squaredDistance(z_.x.size(), next_.x.data(), z_.x.data());
      const double curvature = squaredDistance(z_.Gx.size(), next_.Gx.data(), z_.Gx.data());
      // G x and the extrapolated G z agree to rounding alone.
      const double rounding = 1e-28 * blas::dot(problem_.m(), z_.Gx.data(), z_.Gx.data());
      if (curvature <= L_ * moved + rounding || L_ >= most_) break;
      L_ = std::min(most_, std::max(1.5 * L_, curvature / moved));
    }
    return value(next_) <= value(now_);
  }

  SparseRecovery problem_;
  Transform transform_;
  Point now_, before_, next_, z_;
  HostBuffer<double> direction_;
  double L_ = 1e-3, most_ = 0, t_ = 1, F_ = 0, alpha_ = 0, best_ = 0, bestGain_ = 0;
  int inner_ = 0;
};

/// Problem II: x := G^T (G x)^3, normalised.
class Power : public Method {
 public:
  explicit Power(const Problem& problem)
      : problem_(problem), now_(problem), cubes_(now_.Gx.size()), direction_(now_.x.size()) {
    std::copy(problem.start.data(), problem.start.data() + problem.n, now_.x.data());
    evaluate();
  }

  void step() override {
    const auto [m, n] = std::pair(problem_.m, problem_.n);
    blas::gemv('T', m, n, 1.0, problem_.G.data(), m, cubes_.data(), 0.0, direction_.data());
    const double size = blas::nrm2(n, direction_.data());
    for (int j = 0; j < n; ++j) now_.x[static_cast<std::size_t>(j)] = direction_[static_cast<std::size_t>(j)] / size;
    evaluate();
  }
  double objective() const override { return now_.F(); }
  /// || d - x || where d is the direction of G^T (G x)^3.
  double stationarity() override {
    HostBuffer<double> x(now_.x.size());
    std::copy(now_.x.data(), now_.x.data() + x.size(), x.data());
    step();
    return std::sqrt(squaredDistance(x.size(), x.data(), now_.x.data())) / blas::nrm2(problem_.n, x.data());
  }

 private:
  void evaluate() {
    const auto [m, n] = std::pair(problem_.m, problem_.n);
    blas::gemv('N', m, n, 1.0, problem_.G.data(), m, now_.x.data(), 0.0, now_.Gx.data());
    double sum = 0;
    for (std::size_t i = 0; i < cubes_.size(); ++i) {
      const double r = now_.Gx[i];
      cubes_[i] = r * r * r;
      sum += r * cubes_[i];
    }
    now_.numerator = blas::dot(n, now_.x.data(), now_.x.data());
    now_.denominator = std::sqrt(sum);
  }

  const Problem& problem_;
  Point now_;
  HostBuffer<double> cubes_, direction_;
};

std::unique_ptr<Method> make(const Problem& problem, const std::string& name) {
  using enum Parametric::Transform;
  if (name == "pgsa") return std::make_unique<Pgsa>(problem);
  if (name == "dpa") return std::make_unique<Parametric>(problem, dinkelbach);
  if (name == "qtpa") return std::make_unique<Parametric>(problem, quadratic);
  if (name == "power") return std::make_unique<Power>(problem);
  throw std::runtime_error(name + ": expected pgsa, dpa, qtpa or power");
}

/// Until the time is over, or two hundred iterations gained less than a millionth.
void solve(const Problem& problem, const std::string& name, double seconds) {
  const Stopwatch watch;
  const auto method = make(problem, name);
  double printed = 0, reference = method->objective();
  const auto print = [&](int iteration) {
    printed = watch.seconds();
    printLine({{"seconds", printed}, {"objective", method->objective()}, {"iteration", iteration}});
  };
  print(0);
  int iteration = 0;
  while (watch.seconds() < seconds) {
    method->step();
    ++iteration;
    if (watch.seconds() > 1.03 * printed) print(iteration);
    if (iteration % 200 == 0) {
      if (reference - method->objective() <= 1e-6 * reference) break;
      reference = method->objective();
    }
  }
  print(iteration);
}

void expect(bool fine, const std::string& what) {
  if (!fine) throw std::runtime_error("check failed: " + what);
  std::printf("{\"checked\":\"%s\"}\n", what.c_str());
}

Problem randomProblem(int m, int n, int k, std::uint64_t seed) {
  const Random random(seed);
  Problem problem(m, n, k);
  problem.gamma = 0.01;
  std::uint64_t draw = 0;
  for (std::size_t i = 0; i < problem.G.size(); ++i) problem.G.data()[i] = random.normal(draw++) / std::sqrt(m);
  for (int i = 0; i < m; ++i) problem.y[static_cast<std::size_t>(i)] = random.normal(draw++);
  for (int j = 0; j < n; ++j) problem.start[static_cast<std::size_t>(j)] = random.normal(draw++);
  return problem;
}

/// F never rises, and ends where its first-order condition holds.
void checkDescent(const Problem& problem, const std::string& name, int iterations, const std::string& where) {
  const auto method = make(problem, name);
  double last = method->objective();
  for (int i = 0; i < iterations; ++i) {
    method->step();
    if (method->objective() > last * (1 + 1e-13)) throw std::runtime_error("check failed: " + name + " rose");
    last = method->objective();
  }
  const double residual = method->stationarity();
  expect(residual < 1e-6, name + " descends to a critical point, " + where);
}

void check() {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const std::string where = "seed " + std::to_string(seed);
    const Problem problem = randomProblem(60, 40, 6, seed);
    for (const char* name : {"pgsa", "dpa", "qtpa"}) checkDescent(problem, name, 5000, where);
    checkDescent(problem, "power", 3000, where);
  }
  // One unknown: F - 1 = (g x - y)^2 / (2 gamma |x|) is 0 at x = y / g.
  Problem one = randomProblem(1, 1, 1, 1);
  one.start[0] = 3 * one.y[0] / one.G(0, 0);
  for (const char* name : {"pgsa", "dpa", "qtpa"}) {
    const auto method = make(one, name);
    for (int i = 0; i < 2000; ++i) method->step();
    expect(method->objective() - 1 < 1e-6, std::string(name) + " finds the zero of one unknown");
  }
  // ||r||_4 <= ||r||_2 = ||x|| for orthogonal G: F* = 1, at the columns of G^T.
  Problem orthogonal = randomProblem(2, 2, 0, 2);
  orthogonal.G(0, 0) = orthogonal.G(1, 1) = 0.6;
  orthogonal.G(0, 1) = -(orthogonal.G(1, 0) = 0.8);
  const auto power = make(orthogonal, "power");
  for (int i = 0; i < 100; ++i) power->step();
  expect(std::fabs(power->objective() - 1) < 1e-12, "power finds the optimum of an orthogonal matrix");
}

int run(int argc, char** argv) {
  if (argc < 4) {
    check();
  } else {
    solve(Problem::read(argv[1]), argv[2], std::atof(argv[3]));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
