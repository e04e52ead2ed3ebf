// The ADMM of Y. Bai, T. Gautam, S. Sojoudi, "Efficient global optimization of two-layer ReLU networks", SIMODS 5(2),
// 2023, Algorithm 3.1, as published: squared loss, the 2dP x 2dP system factored once. Plain, but with the package's
// BLAS and threads, over-relaxation and a scale-invariant rho, so that the comparison is about the method.
//
//   minimise 1/2 ||F u - y||^2 + beta ||v||_{2,1} + indicator(s >= 0)   subject to  u = v,  G u = s
//   u      = (I + F^T F / rho + G^T G)^{-1} (F^T y / rho + v - lambda + G^T (s - nu))
//   v_i    = (1 - beta / (rho ||u_i + lambda_i||))_+ (u_i + lambda_i),   s = (G u + nu)_+
//   lambda += u - v,   nu += G u - s
//
// F = [D_1 X ... D_P X, -D_1 X ... -D_P X], G = blockdiag((2 D_i - I) X), twice.
//
//   bench_published_admm PROBLEM GAP SECONDS THREADS [RHO_FACTOR] [RELAXATION]
#include "relu.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

class PublishedAdmm {
 public:
  PublishedAdmm(const Cpu& la, const Problem& problem, double rho, double relaxation)
      : la_(la),
        problem_(problem),
        rho_(rho),
        relaxation_(relaxation),
        n_(problem.n),
        d_(problem.d),
        P_(problem.P),
        system_(2 * d_ * P_, 2 * d_ * P_),
        fy_(d_, 2 * P_),
        u_(d_, 2 * P_),
        v_(d_, 2 * P_),
        lambda_(d_, 2 * P_),
        s_(n_, 2 * P_),
        nu_(n_, 2 * P_),
        xu_(n_, 2 * P_),
        residual_(n_, 1) {}

  void setUp() {
    const int m = d_ * P_;
    HostMatrix<double> f(n_, m);  // [D_1 X ... D_P X]
    la_.tasks(m, [&](int column) {
      for (int k = 0; k < n_; ++k) f(k, column) = problem_.patterns(k, column / d_) * problem_.xt(column % d_, k);
    });
    const Mat<double> plus = system_.view().block(0, 0, m, m);
    la_.syrk(1 / rho_, f, 0.0, plus);
    la_.tasks(m, [&](int j) {
      for (int i = j; i < m; ++i) {
        system_(m + i, m + j) = system_(i, j);
        system_(m + i, j) = system_(m + j, i) = -system_(i, j);
      }
    });
    HostMatrix<double> gram(d_, d_);
    la_.gemm(Transpose::no, Transpose::yes, 1.0, problem_.xt, problem_.xt, 0.0, gram);  // G_i^T G_i, for every i
    la_.tasks(2 * P_, [&](int block) {
      for (int j = 0; j < d_; ++j) {
        for (int i = j; i < d_; ++i) system_(block * d_ + i, block * d_ + j) += gram(i, j) + (i == j ? 1 : 0);
      }
    });
    if (!la_.cholesky(system_)) throw std::runtime_error("the system is not positive definite");
    la_.gemm(Transpose::yes, Transpose::no, 1 / rho_, f, Mat<const double>{problem_.y.data(), n_, 1, n_}, 0.0,
             Mat<double>{fy_.data(), m, 1, m});
    for (int i = 0; i < m; ++i) fy_.data()[m + i] = -fy_.data()[i];
  }

  void step() {
    // u: F^T y / rho + v - lambda + G^T (s - nu), then two triangular solves.
    la_.tasks(2 * P_, [&](int j) {
      const double* pattern = problem_.patterns.column(j % P_);
      for (int k = 0; k < n_; ++k) xu_(k, j) = (2 * pattern[k] - 1) * (s_(k, j) - nu_(k, j));
      for (int i = 0; i < d_; ++i) u_(i, j) = fy_(i, j) + v_(i, j) - lambda_(i, j);
    });
    la_.gemm(Transpose::no, Transpose::no, 1.0, problem_.xt, xu_, 1.0, u_);
    la_.choleskySolve(system_, Mat<double>{u_.data(), 2 * d_ * P_, 1, 2 * d_ * P_});
    la_.gemm(Transpose::yes, Transpose::no, 1.0, problem_.xt, u_, 0.0, xu_);
    const double alpha = relaxation_;
    la_.tasks(2 * P_, [&](int j) {
      const double* pattern = problem_.patterns.column(j % P_);
      for (int k = 0; k < n_; ++k) {
        const double gu = alpha * (2 * pattern[k] - 1) * xu_(k, j) + (1 - alpha) * s_(k, j) + nu_(k, j);
        s_(k, j) = std::max(0.0, gu);
        nu_(k, j) = std::min(0.0, gu);
      }
      double squares = 0;
      for (int i = 0; i < d_; ++i) {
        lambda_(i, j) += alpha * u_(i, j) + (1 - alpha) * v_(i, j);  // u + lambda, for now
        squares += lambda_(i, j) * lambda_(i, j);
      }
      const double norm = std::sqrt(squares);
      const double threshold = problem_.beta / rho_;
      const double factor = norm > threshold ? 1 - threshold / norm : 0;
      for (int i = 0; i < d_; ++i) {
        v_(i, j) = factor * lambda_(i, j);
        lambda_(i, j) -= v_(i, j);
      }
    });
  }

  Mat<const double> v() const { return v_; }

  /// y - F u: at a solution, the dual one. For the certificate alone.
  const double* residual() const {
    std::copy(problem_.y.data(), problem_.y.data() + n_, residual_.data());
    for (int j = 0; j < 2 * P_; ++j) {
      const double sign = j < P_ ? 1 : -1;
      const double* pattern = problem_.patterns.column(j % P_);
      for (int k = 0; k < n_; ++k) residual_.data()[k] -= sign * pattern[k] * xu_(k, j);
    }
    return residual_.data();
  }

 private:
  const Cpu& la_;
  const Problem& problem_;
  double rho_, relaxation_;
  int n_, d_, P_;
  HostMatrix<double> system_;               // 2dP x 2dP, its lower triangle
  HostMatrix<double> fy_, u_, v_, lambda_;  // d x 2P
  HostMatrix<double> s_, nu_, xu_;          // n x 2P
  HostMatrix<double> residual_;             // n
};

int run(int argc, char** argv) {
  if (argc < 2) {
    std::puts("bench_published_admm PROBLEM GAP SECONDS THREADS [RHO_FACTOR] [RELAXATION]");
    return 0;
  }
  Problem problem(argv[1]);
  const double gap = argument(argc, argv, 2, 1e-6);
  const double seconds = argument(argc, argv, 3, 20);
  const int threads = static_cast<int>(argument(argc, argv, 4, availableThreads()));
  const double factor = argument(argc, argv, 5, 0.3);
  const double relaxation = argument(argc, argv, 6, 1.8);
  WorkerPool pool(threads);
  const Cpu la(&pool, threads);
  problem.normalize();
  const double rho = factor * problem.beta / problem.typicalY();
  BestBounds certificate(la, problem);
  Timer timer;
  timer.start();
  PublishedAdmm admm(la, problem, rho, relaxation);
  admm.setUp();
  timer.stop();
  certificate.offer(admm.v(), problem.y.data());
  printCheck(0, timer, certificate);
  for (int k = 0; timer.wall() < seconds && certificate.gap() > gap;) {
    const int next = nextCheck(k);
    timer.start();
    const double begin = timer.wall();
    Stopwatch watch;
    for (; k < next && begin + watch.seconds() < seconds; ++k) admm.step();
    timer.stop();
    certificate.offer(admm.v(), admm.residual());
    printCheck(k, timer, certificate);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
