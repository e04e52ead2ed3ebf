// Splitting 'slack' on its n x n system gives the iterates of the published ADMM on the 2dP x 2dP system.
#include "check.hpp"
#include "core/index.hpp"
#include "solvers/relu/relu_instances.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

using Vector = std::vector<double>;

/// Bai, Gautam, Sojoudi, algorithm 3.1, by dense matrices: F = [D_i X, -D_i X], G = blkdiag((2 D_i - I) X).
class Published {
 public:
  Published(const Instance& data, Mat<const double> gates, double lambda, double rho, double tau, double relaxation)
      : n_(data.n),
        d_(data.d),
        groups_(2 * gates.cols),
        beta_(lambda),
        rho_(rho),
        tau_(tau),
        relaxation_(relaxation),
        y_(data.y),
        f_(n_, size()),
        g_(n_ * groups_, size()),
        factor_(size(), size()),
        u_(size()),
        v_(size()),
        lambda_(size()),
        s_(n_ * groups_),
        nu_(n_ * groups_) {
    for (int j = 0; j < groups_; ++j) {
      for (int k = 0; k < n_; ++k) {
        const double* x = data.x.data() + k * d_;
        double product = 0;
        for (int i = 0; i < d_; ++i) product += x[i] * gates(i, j % gates.cols);
        const bool on = product >= 0;
        for (int i = 0; i < d_; ++i) {
          f_(k, j * d_ + i) = (on ? 1 : 0) * (j < gates.cols ? 1 : -1) * x[i];
          g_(j * n_ + k, j * d_ + i) = (on ? 1 : -1) * x[i];
        }
      }
    }
    la_.gemm(Transpose::yes, Transpose::no, 1 / rho, f_, f_, 0, factor_);
    la_.gemm(Transpose::yes, Transpose::no, tau, g_, g_, 1, factor_);
    for (int i = 0; i < size(); ++i) factor_(i, i) += 1;
    CHECK(la_.cholesky(factor_));
  }

  void step() {
    // (I + F^T F / rho + tau G^T G) u = F^T y / rho + v - lambda + tau G^T (s - nu)
    u_ = v_;
    for (int i = 0; i < size(); ++i) u_[at(i)] -= lambda_[at(i)];
    add(1 / rho_, f_, y_, u_);
    Vector difference = s_;
    for (std::size_t i = 0; i < s_.size(); ++i) difference[i] -= nu_[i];
    add(tau_, g_, difference, u_);
    la_.choleskySolve(factor_, Mat<double>{u_.data(), size(), 1, size()});
    for (int row = 0; row < n_ * groups_; ++row) {
      double gu = 0;
      for (int i = 0; i < size(); ++i) gu += g_(row, i) * u_[at(i)];
      const double relaxed = relaxation_ * gu + (1 - relaxation_) * s_[at(row)];
      s_[at(row)] = std::max(0.0, relaxed + nu_[at(row)]);
      nu_[at(row)] += relaxed - s_[at(row)];
    }
    for (int j = 0; j < groups_; ++j) {
      Vector b;
      double squares = 0;
      for (int i = j * d_; i < (j + 1) * d_; ++i) {
        b.push_back(relaxation_ * u_[at(i)] + (1 - relaxation_) * v_[at(i)] + lambda_[at(i)]);
        squares += b.back() * b.back();
      }
      const double shrink = squares > 0 ? std::max(0.0, 1 - beta_ / (rho_ * std::sqrt(squares))) : 0;
      for (int i = 0; i < d_; ++i) {
        v_[at(j * d_ + i)] = shrink * b[at(i)];
        lambda_[at(j * d_ + i)] = b[at(i)] - v_[at(j * d_ + i)];
      }
    }
  }

  Mat<const double> v() const { return {v_.data(), d_, groups_, d_}; }

 private:
  int size() const { return d_ * groups_; }
  void add(double alpha, Mat<const double> a, const Vector& x, Vector& y) const {  // y += alpha A^T x
    for (int j = 0; j < a.cols; ++j) {
      for (int i = 0; i < a.rows; ++i) y[at(j)] += alpha * a(i, j) * x[at(i)];
    }
  }

  Cpu la_;
  int n_, d_, groups_;
  double beta_, rho_, tau_, relaxation_;
  Vector y_;
  HostMatrix<double> f_, g_, factor_;
  Vector u_, v_, lambda_, s_, nu_;
};

/// v projected onto the cones, as the solver reports it.
HostMatrix<double> projected(const Instance& data, Mat<const double> gates, Mat<const double> v) {
  const int patterns = gates.cols;
  HostMatrix<double> xt(data.d, data.n), active(data.n, patterns), p(data.d, v.cols), xp(data.n, v.cols);
  std::copy(data.x.begin(), data.x.end(), xt.data());
  const Cpu la;
  la.gemm(Transpose::yes, Transpose::no, 1, xt, gates, 0, active);
  for (std::size_t i = 0; i < active.size(); ++i) active.data()[i] = active.data()[i] >= 0 ? 1 : 0;
  std::vector<int> list;
  for (int j = 0; j < v.cols; ++j) list.push_back(j);
  ConeProjector(la, xt, active, v.cols).project({list.data(), v.cols}, v, 0, p, xp);
  return p;
}

}  // namespace

TEST(iteratesOfThePublishedMethod) {
  for (std::uint32_t seed = 0; seed < 3; ++seed) {
    Instance data = instance(14, 3, 1, ReluLoss::squared, 20 + seed);
    double largest = 0, squares = 0;
    for (const double value : data.x) largest = std::max(largest, std::abs(value));
    for (double& value : data.x) value *= 1.5 / largest;  // the solver scales by no power of two at this size
    for (const double value : data.x) squares += value * value;
    const double tau = static_cast<double>(data.x.size()) / squares;
    for (const double rho : {0.05, 0.7}) {
      for (const double relaxation : {1.0, 1.6}) {
        ReluSettings settings;
        settings.bias = false;
        settings.lambda = 0.1;
        settings.splitting = ReluSplitting::slack;
        settings.rho = rho;
        settings.relaxation = relaxation;
        ReluProblem problem = data.problem();
        const Cpu la;
        HostMatrix<double> xt(data.d, data.n);
        std::copy(data.x.begin(), data.x.end(), xt.data());
        const Patterns patterns = patternsOf(la, xt, normalDirections(3, 5, seed));
        problem.patterns.gates = HostMatrix<double>(3, patterns.gates.cols());
        std::copy(patterns.gates.data(), patterns.gates.data() + patterns.gates.size(), problem.patterns.gates.data());
        Published published(data, patterns.gates, settings.lambda, rho, tau, relaxation);
        int steps = 0;
        for (const int wanted : {1, 2, 3, 10, 50, 200}) {
          for (; steps < wanted; ++steps) published.step();
          ReluSolver<Cpu> solver(la, problem, settings);
          solver.start();
          for (int k = 0; k < wanted; ++k) solver.step();
          const double objective = solver.progress().objective;  // the last iterate, the only one that is read
          const ReluSolution solution = solver.solution();
          const HostMatrix<double> expected = projected(data, patterns.gates, published.v());
          CHECK_EQ(solution.weights.cols(), expected.cols());
          double worst = 0;
          for (std::size_t i = 0; i < expected.size(); ++i) {
            worst = std::max(worst, std::abs(solution.weights.data()[i] - expected.data()[i]));
          }
          CHECK_NEAR(worst, 0, 1e-11);
          ReluSettings relu = settings;
          CHECK_NEAR(convexValue(data, relu, solution).objective, objective, 1e-12 * objective);
          if (wanted >= 50) CHECK(blas::nrm2(static_cast<int>(expected.size()), expected.data()) > 0);
        }
      }
    }
  }
}
