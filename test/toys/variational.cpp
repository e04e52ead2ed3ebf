// Extragradient for a monotone variational inequality: a solver that has no objective.
#include "toys.hpp"

namespace nonconvex::toys {
namespace {

struct VariationalProblem {
  HostMatrix<double> M;
  std::vector<double> q;

  static constexpr auto fields() {
    using Self = VariationalProblem;
    return FieldTuple{IN(M, matrix("n", "n"), "Matrix of the map."), IN(q, vector("n"), "Constant of the map.")};
  }
};

struct VariationalSolution {
  std::vector<double> x;
  std::vector<double> map;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"variational"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = VariationalSolution;
    return FieldTuple{OUT(x, "n numbers."), OUT(map, "F(x)."), OUT(certificate, "What is known of the answer.")};
  }
};

/// Finds x >= 0 with F(x)^T (y - x) >= 0 for all y >= 0, F(x) = M x + q, M + M^T positive semidefinite.
///
/// G. M. Korpelevich, "The extragradient method for finding saddle points and other problems", Matecon 12, 1976.
template <class La>
class Extragradient {
 public:
  Extragradient(const La&, const VariationalProblem& problem, const StepSettings& settings)
      : problem_(problem), x_(problem.q.size()), y_(x_), F_(x_) {
    double squares = 0;
    for (int j = 0; j < problem.M.cols(); ++j) {
      for (int i = 0; i < problem.M.rows(); ++i) squares += problem.M(i, j) * problem.M(i, j);
    }
    tau_ = 0.7 * settings.stepFactor / std::max(std::sqrt(squares), 1e-300);  // below 1 / ||M||
    const Random random(settings.seed);
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = random.uniform(i);
  }

  void start() {}

  std::optional<Status> step() {
    map(x_, F_);
    for (std::size_t i = 0; i < x_.size(); ++i) y_[i] = std::max(0.0, x_[i] - tau_ * F_[i]);
    map(y_, F_);
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = std::max(0.0, x_[i] - tau_ * F_[i]);
    return std::nullopt;
  }

  Progress progress() {
    Progress now;
    now.residual = residual();
    return now;
  }

  VariationalSolution solution() {
    map(x_, F_);
    return {x_, F_};
  }

 private:
  /// ||x - (x - F(x))_+||_inf, which is 0 just at solutions.
  double residual() {
    map(x_, F_);
    double most = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) most = std::max(most, std::abs(x_[i] - std::max(0.0, x_[i] - F_[i])));
    return most;
  }

  void map(const std::vector<double>& at, std::vector<double>& to) const {
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = problem_.q[i];
      for (std::size_t j = 0; j < at.size(); ++j) {
        to[i] += problem_.M(static_cast<int>(i), static_cast<int>(j)) * at[j];
      }
    }
  }

  const VariationalProblem& problem_;
  std::vector<double> x_, y_, F_;
  double tau_ = 0;
};

struct VariationalEntry {
  static constexpr const char* name = "variational";
  using Problem = VariationalProblem;
  using Settings = StepSettings;
  using Solution = VariationalSolution;
  template <class La>
  using Solver = Extragradient<La>;
};

const RegisterSolver<VariationalEntry> ofVariational;

}  // namespace
}  // namespace nonconvex::toys
