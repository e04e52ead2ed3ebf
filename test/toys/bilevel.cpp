// A bilevel program by gradients of the upper objective: a solver that runs other solves inside its own.
#include "methods/implicit/implicit_derivative.hpp"
#include "toys.hpp"

namespace nonconvex::toys {
namespace {

/// Solves Q x = r by gradient descent on x^T Q x / 2 - r^T x, from the x that is given.
class Lower {
 public:
  Lower(const HostMatrix<double>& Q, const std::vector<double>& right, std::vector<double>& x)
      : Q_(Q), right_(right), x_(x), gradient_(x.size()) {
    for (int i = 0; i < Q.rows(); ++i) {
      double sum = 0;
      for (int j = 0; j < Q.cols(); ++j) sum += std::abs(Q(i, j));
      norm_ = std::max(norm_, sum);
    }
    differentiate();
  }

  void start() {}
  std::optional<Status> step() {
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] -= gradient_[i] / norm_;
    differentiate();
    return std::nullopt;
  }
  Progress progress() const {
    Progress now;
    now.residual = 0.0;
    for (const double g : gradient_) now.residual = std::max<double>(now.residual, std::abs(g));
    return now;
  }

 private:
  void differentiate() {
    for (std::size_t i = 0; i < x_.size(); ++i) {
      gradient_[i] = -right_[i];
      for (std::size_t j = 0; j < x_.size(); ++j) {
        gradient_[i] += Q_(static_cast<int>(i), static_cast<int>(j)) * x_[j];
      }
    }
  }

  const HostMatrix<double>& Q_;
  const std::vector<double>& right_;
  std::vector<double>& x_;
  std::vector<double> gradient_;
  double norm_ = 1e-300;
};

/// Solutions x(y) = argmin x^T Q x / 2 - y^T x by solves inside a solve, and the OptimalityMap Q x - y, whose systems
/// are such solves as well.
template <class La>
class LowerSolves {
 public:
  LowerSolves(const La& la, const HostMatrix<double>& Q, double tolerance)
      : la_(la), Q_(Q), right_(static_cast<std::size_t>(Q.rows())), p_(right_.size()) {
    limits_.tolerance = tolerance;
    limits_.maxIterations = 10000;
  }

  /// x(y), from the x that is given.
  void minimize(const std::vector<double>& y, std::vector<double>& x) {
    Monitor monitor = la_.childMonitor();
    Lower lower(Q_, y, x);
    const Outcome outcome = iterate(lower, limits_, monitor);
    steps_ += outcome.progress.iteration;
    la_.checkpoint();  // what was interrupted is no answer
  }
  double steps() const { return steps_; }

  int variables() const { return Q_.rows(); }
  int parameters() const { return Q_.rows(); }
  bool solve(In v, Out out) {
    std::copy(v.begin(), v.end(), right_.begin());
    minimize(right_, p_);
    std::copy(p_.begin(), p_.end(), out.begin());
    return true;
  }
  void parameterProduct(In v, Out out) const {
    for (std::size_t i = 0; i < v.size(); ++i) out[i] = -v[i];
  }
  void parameterTransposed(In v, Out out) const { parameterProduct(v, out); }

 private:
  const La& la_;
  const HostMatrix<double>& Q_;
  Limits limits_;
  std::vector<double> right_, p_;  // p_: the last solution of a system, from which the next one begins
  double steps_ = 0;
};

struct BilevelProblem {
  HostMatrix<double> Q;
  std::vector<double> target;
  double weight = 0;

  static constexpr auto fields() {
    using Self = BilevelProblem;
    return FieldTuple{IN(Q, matrix("n", "n"), "Positive definite."), IN(target, vector("n"), "What x is to be near."),
                      IN(weight, number(), "Weight of the squares of y.")};
  }
};

struct BilevelProgress : Progress {
  double innerSteps = 0;

  static constexpr auto fields() {
    using Self = BilevelProgress;
    return FieldTuple{OUT(innerSteps, "Iterations of the lower solves, so far.")};
  }
};

struct BilevelSolution {
  using Progress = BilevelProgress;
  std::vector<double> y;
  std::vector<double> x;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"bilevel"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = BilevelSolution;
    return FieldTuple{OUT(y, "n numbers, the upper variables."), OUT(x, "n numbers, the lower ones: Q^-1 y."),
                      OUT(certificate, "What is known of the answer.")};
  }
};

/// Minimises ||x(y) - target||^2 / 2 + weight ||y||^2 / 2 over y, where x(y) minimises x^T Q x / 2 - y^T x, Q positive
/// definite: x(y) is from a solve of the lower problem, and the gradient from the conditions Q x - y = 0 of its
/// solution, whose systems are lower problems as well.
///
/// F. Pedregosa, "Hyperparameter optimization with approximate gradient", ICML 2016, Algorithm 1, with a constant step.
template <class La>
class Bilevel {
 public:
  Bilevel(const La& la, const BilevelProblem& problem, const StepSettings& settings)
      : problem_(problem),
        settings_(settings),
        lower_(la, problem.Q, 0.1 * settings.tolerance),
        derivative_(cpu_, lower_),
        y_(problem.target.size()),
        x_(y_.size()) {
    const Random random(settings.seed);
    for (std::size_t i = 0; i < y_.size(); ++i) y_[i] = 2 * random.uniform(i) - 1;
    off_ = gradient_ = y_;
  }

  void start() { differentiate(); }

  std::optional<Status> step() {
    const double length = settings_.stepFactor / (1 + problem_.weight);  // ||Q^-1|| <= 1
    for (std::size_t i = 0; i < y_.size(); ++i) y_[i] -= length * gradient_[i];
    differentiate();
    return std::nullopt;
  }

  BilevelProgress progress() const {
    BilevelProgress now;
    now.innerSteps = lower_.steps();
    if (!differentiated_) return now;
    double squares = 0, weighted = 0, most = 0;
    for (std::size_t i = 0; i < y_.size(); ++i) {
      squares += off_[i] * off_[i];
      weighted += y_[i] * y_[i];
      most = std::max(most, std::abs(gradient_[i]));
    }
    now.objective = (squares + problem_.weight * weighted) / 2;
    now.residual = most;
    return now;
  }

  BilevelSolution solution() const { return {y_, x_}; }

 private:
  void differentiate() {
    differentiated_ = false;
    lower_.minimize(y_, x_);
    for (std::size_t i = 0; i < y_.size(); ++i) off_[i] = x_[i] - problem_.target[i];
    derivative_.adjoint(off_, gradient_);
    for (std::size_t i = 0; i < y_.size(); ++i) gradient_[i] += problem_.weight * y_[i];
    differentiated_ = true;
  }

  const BilevelProblem& problem_;
  const StepSettings& settings_;
  Cpu cpu_;
  LowerSolves<La> lower_;
  ImplicitDerivative<LowerSolves<La>> derivative_;
  std::vector<double> y_, x_, off_, gradient_;
  bool differentiated_ = false;
};

struct BilevelEntry {
  static constexpr const char* name = "bilevel";
  using Problem = BilevelProblem;
  using Settings = StepSettings;
  using Solution = BilevelSolution;
  template <class La>
  using Solver = Bilevel<La>;
};

const RegisterSolver<BilevelEntry> ofBilevel;

}  // namespace
}  // namespace nonconvex::toys
