// Corrections of points on the way to a solution: by plain loops, the objective along each direction and the norms that
// a dual point has to have.
#include "solvers/relu/engines/corrections.hpp"

#include "check.hpp"
#include "solvers/relu/relu_instances.hpp"

using namespace nonconvex;
using namespace instances;

namespace {

/// A point and a dual point that are not far from optimal: those of a solution, moved.
struct Moved {
  Moved(const Instance& instance, const ReluSettings& settings)
      : problem(instance.problem(10)),
        data(problem, settings, la.availableMemory(), sizeof(double)),
        rows(la, data),
        map(la, data, rows, settings),
        prox(la, data, map, map, kernels::Blocks::among(map.columns(), map.patterns(), 1)),
        corrections(la, data, map, prox),
        theta(data.n, data.c),
        q(data.d, map.patterns() * data.c) {
    if (map.signs() == 2) prox.startCones();
    ReluSettings precise = settings;
    precise.tolerance = 1e-8;
    const ReluSolution solution = solve(problem, precise).solution;
    constexpr double rho = 1;
    HostMatrix<double> b(data.d, map.columns());
    map.adjoint(solution.dual, q);
    for (int j = 0; j < b.cols(); ++j) {
      data.scaleWeights(solution.weights.column(j), j % map.patterns(), b.column(j));
      for (int i = 0; i < b.rows(); ++i) b(i, j) += map.sign(j) * q(i, j % q.cols()) / rho;
    }
    prox.apply(b, data.lambda / rho);
    prox.shiftByProjection(b, rho);
    const Random random(3, 1);
    std::uint64_t draw = 0;
    std::vector<double> factors;
    for (int place = 0; place < prox.list().size; ++place) {
      factors.push_back(std::max(0.1, 1 + 0.2 * random.normal(draw++)));
    }
    prox.rescale({factors.data(), prox.list().size});
    for (std::size_t i = 0; i < theta.size(); ++i) {
      theta.data()[i] = solution.dual.data()[i] + 1e-2 * random.normal(draw++);
    }
    map.adjoint(theta, q);
    wanted.assign(static_cast<std::size_t>(data.c), 1);
  }
  Vec<const char> all() const { return {wanted.data(), data.c}; }

  /// (D_j X v_j)_k and <h_j, g> / ||v_j|| for g an output's column of an n x c matrix.
  double prediction(int k, int j) const {
    if (rows.masks(k, j % map.patterns()) == 0) return 0;
    double sum = 0;
    for (int i = 0; i < data.d; ++i) sum += data.xt(i, k) * prox.v()(i, j);
    return map.sign(j) * sum;
  }
  double alongDirection(int j, Mat<const double> g) const {
    double sum = 0;
    for (int k = 0; k < data.n; ++k) sum += prediction(k, j) * g(k, j / map.patterns() % data.c);
    return sum / length(j);
  }
  double length(int j) const {
    double square = 0;
    for (int i = 0; i < data.d; ++i) square += prox.v()(i, j) * prox.v()(i, j);
    return std::sqrt(square);
  }
  double objective() const {
    double value = 0;
    for (int o = 0; o < data.c; ++o) {
      for (int k = 0; k < data.n; ++k) {
        double residual = data.y(k, o);
        for (int j = 0; j < map.columns(); ++j) {
          if (j / map.patterns() % data.c == o) residual -= prediction(k, j);
        }
        value += residual * residual / 2;
      }
    }
    for (int j = 0; j < map.columns(); ++j) value += data.lambda * length(j);
    return value;
  }

  Cpu la;
  ReluProblem problem;
  ReluData data;
  ReluRows<Cpu> rows;
  ReluMap<Cpu> map;
  ReluProx<Cpu> prox;
  ReluCorrections corrections;
  HostMatrix<double> theta, q;
  std::vector<char> wanted;
};

ReluSettings settingsOf(ReluActivation activation) {
  ReluSettings settings;
  settings.activation = activation;
  settings.lambda = 2;
  return settings;
}

}  // namespace

TEST(correctedLengthsAreOptimal) {
  for (const ReluActivation activation : {ReluActivation::relu, ReluActivation::gated}) {
    for (const int c : {1, 3}) {
      Moved at(instance(80, 4, c, ReluLoss::squared, 5), settingsOf(activation));
      const double before = at.objective();
      at.corrections.correctPoint(at.all());
      CHECK(at.objective() < before - 1e-3);
      HostMatrix<double> residual(at.data.n, c);
      for (std::size_t i = 0; i < residual.size(); ++i) {
        residual.data()[i] = at.data.y.data()[i] - at.prox.fv().data[i];
      }
      int used = 0;
      for (int j = 0; j < at.map.columns(); ++j) {
        if (at.length(j) == 0) continue;
        ++used;
        // The derivative of the objective with regard to the length of v_j.
        CHECK_NEAR(at.alongDirection(j, residual), at.data.lambda, 1e-6);
      }
      CHECK(used > c);
      CHECK_NEAR(at.prox.point().penalty * at.data.lambda +
                     0.5 * blas::dot(static_cast<int>(residual.size()), residual.data(), residual.data()),
                 at.objective(), 1e-9 * before);
    }
  }
}

TEST(correctedDualPointsCostLessToMakeFeasible) {
  for (const int c : {1, 3}) {
    Moved at(instance(80, 4, c, ReluLoss::squared, 6), settingsOf(ReluActivation::relu));
    const double lambda = at.data.lambda;
    const double before = at.prox.largestDualNorm(at.q);
    at.corrections.startDual(at.theta, at.q);
    at.corrections.correctDual(at.all());
    const double after = at.prox.largestDualNorm(at.corrections.q());
    CHECK(before > lambda * (1 + 1e-4));
    CHECK(after - lambda < (before - lambda) / 3);
    for (int j = 0; j < at.map.columns(); ++j) {
      if (at.length(j) > 0) CHECK(at.alongDirection(j, at.corrections.theta()) < lambda * (1 + 1e-9));
    }
  }
}

TEST(outputsThatAreNotWantedStay) {
  Moved at(instance(80, 4, 3, ReluLoss::squared, 7), settingsOf(ReluActivation::relu));
  const HostMatrix<double> f = [&] {
    HostMatrix<double> copy(at.data.n, 3);
    at.la.copy(at.prox.fv(), copy.view());
    return copy;
  }();
  at.wanted = {1, 0, 1};
  at.prox.largestDualNorm(at.q);
  at.corrections.startDual(at.theta, at.q);
  at.corrections.correctPoint(at.all());
  at.corrections.correctDual(at.all());
  bool moved = false;
  for (int k = 0; k < at.data.n; ++k) {
    CHECK_NEAR(at.prox.fv()(k, 1), f(k, 1), 1e-13);
    CHECK(at.corrections.theta()(k, 1) == at.theta(k, 1));
    moved = moved || (std::abs(at.prox.fv()(k, 0) - f(k, 0)) > 1e-6 && at.corrections.theta()(k, 2) != at.theta(k, 2));
  }
  CHECK(moved);
}
