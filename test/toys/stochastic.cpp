// Randomised Kaczmarz, a stochastic gradient method: a solver that knows its objective at ends of epochs only.
#include "toys.hpp"

namespace nonconvex::toys {
namespace {

struct StochasticProblem {
  HostMatrix<double> A;
  std::vector<double> b;

  static constexpr auto fields() {
    using Self = StochasticProblem;
    return FieldTuple{IN(A, matrix("m", "n"), "Rows of the least squares."), IN(b, vector("m"), "Right-hand sides.")};
  }
};

struct StochasticSettings : StepSettings, EvaluationLimits {
  static constexpr auto fields() { return appendedFields(StepSettings::fields(), EvaluationLimits::fields()); }
};
static_assert(sizeFromFields<StochasticSettings>() == sizeof(StochasticSettings));

struct StochasticProgress : Progress {
  int epoch = 0;

  static constexpr auto fields() {
    using Self = StochasticProgress;
    return FieldTuple{OUT(epoch, "Passes over all rows, as many gradients as rows each.")};
  }
};

struct StochasticSolution {
  using Progress = StochasticProgress;
  std::vector<double> x;
  Certificate certificate;

  static Claims claims() {
    return {.verbs = {"stochastic"}, .kinds = {CertificateKind::bounded, CertificateKind::global}, .gapScale = "1"};
  }

  static constexpr auto fields() {
    using Self = StochasticSolution;
    return FieldTuple{OUT(x, "n numbers."), OUT(certificate, "What is known of the answer.")};
  }
};

/// Minimises 1/(2 N) sum_i (a_i^T x - b_i)^2, where the least value is 0, by gradients of one term at a time.
///
/// T. Strohmer, R. Vershynin, "A randomized Kaczmarz algorithm with exponential convergence", JFAA 15, 2009, with rows
/// drawn alike.
template <class La>
class Kaczmarz {
 public:
  Kaczmarz(const La&, const StochasticProblem& problem, const StochasticSettings& settings)
      : problem_(problem), factor_(settings.stepFactor), random_(settings.seed), x_(problem.A.cols()) {}

  void start() {}

  std::optional<Status> step() {
    const int i = static_cast<int>(random_.below(drawn_++, static_cast<std::uint32_t>(rows())));
    double squares = 0;
    for (int j = 0; j < problem_.A.cols(); ++j) squares += problem_.A(i, j) * problem_.A(i, j);
    if (squares == 0) return std::nullopt;
    const double move = factor_ * off(i) / squares;
    for (int j = 0; j < problem_.A.cols(); ++j) x_[static_cast<std::size_t>(j)] -= move * problem_.A(i, j);
    return std::nullopt;
  }

  StochasticProgress progress() const {
    StochasticProgress now;
    const auto n = static_cast<std::uint64_t>(rows());
    now.epoch = static_cast<int>(drawn_ / n);
    now.evaluations = static_cast<double>(drawn_);
    if (drawn_ % n != 0) return now;  // the objective is as dear as an epoch
    double sum = 0;
    for (int i = 0; i < rows(); ++i) sum += off(i) * off(i);
    now.objective = sum / (2 * rows());
    now.residual = std::sqrt(sum / rows());
    return now;
  }

  /// Squares have a sum of at least 0.
  StochasticSolution solution() const {
    const Progress last = progress();
    return {x_, last.objective.known() ? boundedBelow(last.objective, 0, 1) : Certificate{}};
  }

 private:
  int rows() const { return problem_.A.rows(); }
  /// a_i^T x - b_i.
  double off(int i) const {
    double sum = -problem_.b[static_cast<std::size_t>(i)];
    for (int j = 0; j < problem_.A.cols(); ++j) sum += problem_.A(i, j) * x_[static_cast<std::size_t>(j)];
    return sum;
  }

  const StochasticProblem& problem_;
  const double factor_;
  const Random random_;
  std::uint64_t drawn_ = 0;
  std::vector<double> x_;
};

struct StochasticEntry {
  static constexpr const char* name = "stochastic";
  using Problem = StochasticProblem;
  using Settings = StochasticSettings;
  using Solution = StochasticSolution;
  template <class La>
  using Solver = Kaczmarz<La>;
};

const RegisterSolver<StochasticEntry> ofStochastic;

}  // namespace
}  // namespace nonconvex::toys
