// Logistic regression: a solver that is a function and a method which any family can call.
#include "methods/unconstrained/lbfgs.hpp"
#include "toys.hpp"

namespace nonconvex::toys {
namespace {

struct LogisticProblem {
  HostMatrix<double> X;
  std::vector<double> signs;

  static constexpr auto fields() {
    using Self = LogisticProblem;
    return FieldTuple{IN(X, matrix("n", "p"), "Rows of the regression."),
                      IN(signs, vector("n"), "Classes of the rows, -1 or 1.")};
  }
};

struct LogisticSolution {
  std::vector<double> coefficients;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"logistic"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = LogisticSolution;
    return FieldTuple{OUT(coefficients, "One for each column of X."), OUT(certificate, "What is known of the answer.")};
  }
};

/// 1/n sum_i log(1 + exp(-s_i x_i . b)) + 1/20 ||b||^2
struct LogisticLoss {
  const LogisticProblem& problem;

  int variables() const { return problem.X.cols(); }
  double gradient(In b, Out g) const {
    double sum = norm2Squared(b) / 20;
    for (std::size_t j = 0; j < b.size(); ++j) g[j] = b[j] / 10;
    for (int i = 0; i < problem.X.rows(); ++i) {
      double margin = 0;
      const double s = problem.signs[static_cast<std::size_t>(i)];
      for (int j = 0; j < variables(); ++j) margin += s * problem.X(i, j) * b[static_cast<std::size_t>(j)];
      sum += std::log1p(std::exp(-margin)) / problem.X.rows();
      const double slope = -s / (1 + std::exp(margin)) / problem.X.rows();
      for (int j = 0; j < variables(); ++j) g[static_cast<std::size_t>(j)] += slope * problem.X(i, j);
    }
    return sum;
  }
  double value(In b) const {
    std::vector<double> g(b.size());
    return gradient(b, g);
  }
};

template <class La>
class LogisticRegression {
 public:
  LogisticRegression(const La& la, const LogisticProblem& problem, const StepSettings& settings)
      : loss_{problem}, method_(la, loss_, {.tolerance = 0, .search = {.longest = settings.stepFactor}}) {
    method_.start();
  }

  void start() {}
  std::optional<Status> step() { return method_.step(); }
  Progress progress() const { return method_.progress(); }
  LogisticSolution solution() const { return {.coefficients = {method_.x().begin(), method_.x().end()}}; }

 private:
  LogisticLoss loss_;
  Lbfgs<LogisticLoss> method_;
};

struct LogisticEntry {
  static constexpr const char* name = "logistic";
  using Problem = LogisticProblem;
  using Settings = StepSettings;
  using Solution = LogisticSolution;
  template <class La>
  using Solver = LogisticRegression<La>;
};

const RegisterSolver<LogisticEntry> ofLogistic;

}  // namespace
}  // namespace nonconvex::toys
