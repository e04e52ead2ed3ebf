// A naive prototype of the cone splitting, to measure the package's solver against: one thread, one fixed rho found by
// hand, an explicit inverse, projections one group at a time. BLAS wherever a competent person would call it.
//
//   v_i   = (1 - beta / (rho ||p_i||))_+ p_i,   p_i = Proj_i(b_i);   nothing to project where ||b_i|| <= beta / rho
//   g     = 2 v - b,   theta = K^{-1} (y - sum_i D_i X (g_i - g_{P+i})),   K = I + (2 / rho) (X X^T) o (D D^T)
//   u_i   = g_i + X^T D_i theta / rho,   u_{P+i} = g_{P+i} - X^T D_i theta / rho
//   b    += alpha (u - v)
//
//   bench_cone_prototype PROBLEM GAP SECONDS RHO [RELAXATION]
#include "relu.hpp"

extern "C" {
void dpotri_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dsymv_(const char* uplo, const int* n, const double* alpha, const double* a, const int* lda, const double* x,
            const int* incx, const double* beta, double* y, const int* incy);
}

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

/// Projection onto {v : s_k <x_k, v> >= 0} as min over mu >= 0 of ||b + sum_k mu_k s_k x_k||, by the active-set method
/// of Lawson and Hanson, from the rows active last time. The equations of each active set are formed and factored
/// afresh, their coefficients looked up in X X^T; each change to the set costs one product with X.
class Projection {
 public:
  Projection(const Problem& problem, const HostMatrix<double>& xxt)
      : problem_(problem),
        xxt_(xxt),
        factor_(problem.d + 1, problem.d + 1),
        xp_(static_cast<std::size_t>(problem.n)),
        xb_(static_cast<std::size_t>(problem.n)),
        norms_(static_cast<std::size_t>(problem.n)) {
    for (int k = 0; k < problem.n; ++k)
      norms_[static_cast<std::size_t>(k)] = blas::nrm2(problem.d, problem.xt.column(k));
  }

  /// p := projection of b for the given pattern; `active` is kept from one call to the next.
  void operator()(const double* pattern, const double* b, std::vector<int>& active, double* p) {
    const int n = problem_.n;
    const int d = problem_.d;
    const double* xt = problem_.xt.data();
    const double scale = blas::nrm2(d, b);
    blas::gemv('T', d, n, 1.0, xt, d, b, 0.0, xb_.data());
    std::vector<double> mu;
    // The old set, without the rows whose multipliers would be negative.
    while (!active.empty()) {
      solve(pattern, active);
      std::vector<int> kept;
      for (std::size_t i = 0; i < active.size(); ++i) {
        if (solution_[i] > 0) kept.push_back(active[i]);
      }
      if (kept.size() == active.size()) break;
      active = kept;
    }
    mu.assign(solution_.begin(), solution_.begin() + static_cast<std::ptrdiff_t>(active.size()));
    for (int pivots = 0; pivots < 10 * d + 100; ++pivots) {
      std::copy(b, b + d, p);
      for (std::size_t i = 0; i < active.size(); ++i) {
        blas::axpy(d, mu[i] * sign(pattern, active[i]), problem_.xt.column(active[i]), p);
      }
      blas::gemv('T', d, n, 1.0, xt, d, p, 0.0, xp_.data());
      int worst = -1;
      double least = 0;
      for (int k = 0; k < n; ++k) {
        const double slack = sign(pattern, k) * xp_[static_cast<std::size_t>(k)];
        if (slack < least && slack < -1e-10 * scale * norms_[static_cast<std::size_t>(k)]) {
          least = slack;
          worst = k;
        }
      }
      if (worst < 0 || static_cast<int>(active.size()) >= d ||
          std::find(active.begin(), active.end(), worst) != active.end()) {
        return;
      }
      active.push_back(worst);
      mu.push_back(0);
      for (;;) {
        if (!solve(pattern, active)) {  // the new row depends on the others
          active.pop_back();
          return;
        }
        double t = 1;
        for (std::size_t i = 0; i < active.size(); ++i) {
          if (solution_[i] <= 0) t = std::min(t, mu[i] / (mu[i] - solution_[i]));
        }
        if (t >= 1) break;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < active.size(); ++i) {
          mu[i] += t * (solution_[i] - mu[i]);
          if (mu[i] <= 1e-14 * scale && solution_[i] <= 0) continue;
          active[kept] = active[i];
          mu[kept++] = mu[i];
        }
        active.resize(kept);
        mu.resize(kept);
      }
      mu.assign(solution_.begin(), solution_.begin() + static_cast<std::ptrdiff_t>(active.size()));
    }
  }

 private:
  static double sign(const double* pattern, int k) { return 2 * pattern[k] - 1; }

  /// Multipliers that make the active rows hold with equality.
  bool solve(const double* pattern, const std::vector<int>& active) {
    const int k = static_cast<int>(active.size());
    const int stride = problem_.d + 1;
    solution_.resize(static_cast<std::size_t>(problem_.d) + 1);
    for (int j = 0; j < k; ++j) {
      const int row = active[static_cast<std::size_t>(j)];
      const double s = sign(pattern, row);
      for (int i = j; i < k; ++i) {
        const int other = active[static_cast<std::size_t>(i)];
        factor_(i, j) = s * sign(pattern, other) * xxt_(other, row);
      }
      factor_(j, j) *= 1 + 1e-13;
      solution_[static_cast<std::size_t>(j)] = -s * xb_[static_cast<std::size_t>(row)];
    }
    if (blas::potrfLower(k, factor_.data(), stride) != 0) return false;
    blas::trsmLower('L', 'N', k, 1, factor_.data(), stride, solution_.data(), stride);
    blas::trsmLower('L', 'T', k, 1, factor_.data(), stride, solution_.data(), stride);
    return true;
  }

  const Problem& problem_;
  const HostMatrix<double>& xxt_;
  HostMatrix<double> factor_;
  HostBuffer<double> xp_, xb_, norms_;
  std::vector<double> solution_;
};

class ConePrototype {
 public:
  ConePrototype(const Problem& problem, double rho, double relaxation)
      : problem_(problem),
        rho_(rho),
        relaxation_(relaxation),
        n_(problem.n),
        d_(problem.d),
        P_(problem.P),
        xxt_(n_, n_),
        inverse_(n_, n_),
        project_(problem, xxt_),
        active_(static_cast<std::size_t>(2 * P_)),
        b_(d_, 2 * P_),
        v_(d_, 2 * P_),
        difference_(d_, P_),
        q_(d_, P_),
        xg_(n_, P_),
        rhs_(static_cast<std::size_t>(n_)),
        theta_(static_cast<std::size_t>(n_)) {}

  void setUp() {
    HostMatrix<double> patterns(P_, n_);
    for (int k = 0; k < n_; ++k) {
      for (int i = 0; i < P_; ++i) patterns(i, k) = problem_.patterns(k, i);
    }
    blas::syrkLower('T', n_, d_, 1.0, problem_.xt.data(), d_, 0.0, xxt_.data(), n_);
    blas::syrkLower('T', n_, P_, 2 / rho_, patterns.data(), P_, 0.0, inverse_.data(), n_);
    for (int j = 0; j < n_; ++j) {
      for (int i = j; i < n_; ++i) {
        inverse_(i, j) *= xxt_(i, j);
        xxt_(j, i) = xxt_(i, j);
      }
      inverse_(j, j) += 1;
    }
    int info = blas::potrfLower(n_, inverse_.data(), n_);
    if (info == 0) dpotri_("L", &n_, inverse_.data(), &n_, &info);
    if (info != 0) throw std::runtime_error("the system is not positive definite");
  }

  void step() {
    const double threshold = problem_.beta / rho_;
    for (int j = 0; j < 2 * P_; ++j) {
      const double* b = b_.column(j);
      double* v = v_.column(j);
      std::fill(v, v + d_, 0.0);
      if (blas::nrm2(d_, b) <= threshold) continue;
      project_(problem_.patterns.column(j % P_), b, active_[static_cast<std::size_t>(j)], v);
      const double norm = blas::nrm2(d_, v);
      const double factor = norm > threshold ? 1 - threshold / norm : 0;
      for (int i = 0; i < d_; ++i) v[i] *= factor;
    }
    for (int j = 0; j < P_; ++j) {
      for (int i = 0; i < d_; ++i) {
        difference_(i, j) = 2 * (v_(i, j) - v_(i, P_ + j)) - (b_(i, j) - b_(i, P_ + j));
      }
    }
    blas::gemm('T', 'N', n_, P_, d_, 1.0, problem_.xt.data(), d_, difference_.data(), d_, 0.0, xg_.data(), n_);
    std::copy(problem_.y.data(), problem_.y.data() + n_, rhs_.data());
    for (int j = 0; j < P_; ++j) {
      const double* pattern = problem_.patterns.column(j);
      const double* x = xg_.column(j);
      for (int k = 0; k < n_; ++k) rhs_.data()[k] -= pattern[k] * x[k];
    }
    const int one = 1;
    const double plus = 1, zero = 0;
    dsymv_("L", &n_, &plus, inverse_.data(), &n_, rhs_.data(), &one, &zero, theta_.data(), &one);
    for (int j = 0; j < P_; ++j) {
      const double* pattern = problem_.patterns.column(j);
      for (int k = 0; k < n_; ++k) xg_(k, j) = pattern[k] * theta_.data()[k];
    }
    blas::gemm('N', 'N', d_, P_, n_, 1 / rho_, problem_.xt.data(), d_, xg_.data(), n_, 0.0, q_.data(), d_);
    for (int j = 0; j < 2 * P_; ++j) {
      const double sign = j < P_ ? 1 : -1;
      for (int i = 0; i < d_; ++i) b_(i, j) += relaxation_ * (v_(i, j) - b_(i, j) + sign * q_(i, j % P_));
    }
  }

  Mat<const double> v() const { return v_; }
  const double* theta() const { return theta_.data(); }

 private:
  const Problem& problem_;
  double rho_, relaxation_;
  int n_, d_, P_;
  HostMatrix<double> xxt_, inverse_;  // n x n
  Projection project_;
  std::vector<std::vector<int>> active_;
  HostMatrix<double> b_, v_;           // d x 2P
  HostMatrix<double> difference_, q_;  // d x P
  HostMatrix<double> xg_;              // n x P
  HostBuffer<double> rhs_, theta_;     // n
};

int run(int argc, char** argv) {
  if (argc < 5) {
    std::puts("bench_cone_prototype PROBLEM GAP SECONDS RHO [RELAXATION]");
    return 0;
  }
  const Problem problem(argv[1]);
  const double gap = argument(argc, argv, 2, 1e-6);
  const double seconds = argument(argc, argv, 3, 20);
  const double rho = argument(argc, argv, 4, 30);
  const double relaxation = argument(argc, argv, 5, 1.6);
  const Cpu serial;
  BestBounds certificate(serial, problem);
  Timer timer;
  timer.start();
  ConePrototype admm(problem, rho, relaxation);
  admm.setUp();
  timer.stop();
  certificate.offer(admm.v(), problem.y.data());
  printCheck(0, timer, certificate);
  for (int k = 0; timer.wall() < seconds && certificate.gap() > gap;) {
    timer.start();
    for (const int next = k + 10; k < next; ++k) admm.step();
    timer.stop();
    certificate.offer(admm.v(), admm.theta());
    printCheck(k, timer, certificate);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
