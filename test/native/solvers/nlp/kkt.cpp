// Inner solvers: every one solves the system that it was given, as well as it was asked to.
#include <memory>

#include "check.hpp"
#include "core/index.hpp"
#include "linalg/symmetric.hpp"
#include "methods/kkt/choice.hpp"
#include "methods/kkt/range_space.hpp"
#include "solvers/nlp/problem.hpp"

using namespace nonconvex;

namespace {

/// x^T H x / 2 subject to J x = 0: H positive definite, with `perRow` entries or so in a row of H and of J.
class System final : public Nlp, public GramHessian {
 public:
  int n;
  int m;
  std::vector<double> H, J;

  System(int variables, int constraints, int perRow, int seed) : n(variables), m(constraints) {
    const Random random(static_cast<std::uint64_t>(seed));
    const Random choice(static_cast<std::uint64_t>(seed), 1);
    std::uint64_t draw = 0;
    hessian_.lines = hessian_.width = jacobian_.width = n;
    jacobian_.lines = m;
    const auto chosen = [&](int i, int j) {
      const auto share = static_cast<std::uint32_t>(std::max(1, n / perRow));
      return choice.below(static_cast<std::uint64_t>(i * n + j), share) == 0;
    };
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i) {
        if (i != j && !chosen(i, j)) continue;
        hessian_.indices.push_back(i);
        H.push_back(i == j ? 3 + random.uniform(draw) : random.normal(draw) / (2 * perRow));
        ++draw;
      }
      hessian_.offsets.push_back(static_cast<int>(hessian_.indices.size()));
    }
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        if (!chosen(i, j)) continue;
        jacobian_.indices.push_back(j);
        J.push_back(random.normal(draw++));
      }
      jacobian_.offsets.push_back(static_cast<int>(jacobian_.indices.size()));
    }
  }

  /// H = A^T D A + diag(1e-3) for a tall A whose columns are of lengths down to 1 / condition.
  System(int variables, int constraints, int rows, double condition, int seed)
      : System(variables, constraints, variables, seed) {
    rows_ = symmetric::randomVector(rows * n, seed + 1);
    for (int i = 0; i < rows; ++i) {
      weights_.push_back(0.1 + i % 7);
      for (int j = 0; j < n; ++j) rows_[at(i * n + j)] *= std::pow(condition, -1.0 * j / n);
    }
    std::size_t k = 0;
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i) {
        double sum = i == j ? 1e-3 : 0;
        for (int l = 0; l < rows; ++l) sum += weights_[at(l)] * rows_[at(l * n + i)] * rows_[at(l * n + j)];
        H[k++] = sum;
      }
    }
  }

  int variables() const override { return n; }
  int constraints() const override { return m; }
  const SparsePattern& jacobianPattern() const override { return jacobian_; }
  const SparsePattern& hessianPattern() const override { return hessian_; }
  void moveTo(std::span<const double>) override {}
  double objective() override { return 0; }
  void gradient(std::span<double> g) override { std::fill(g.begin(), g.end(), 0.0); }
  void constraintValues(std::span<double> c) override { std::fill(c.begin(), c.end(), 0.0); }
  void jacobian(std::span<double> values) override { std::copy(J.begin(), J.end(), values.begin()); }
  void hessian(double, std::span<const double>, std::span<double> values) override {
    std::copy(H.begin(), H.end(), values.begin());
  }
  void jacobianProduct(std::span<const double>, std::span<double>) override {}
  void jacobianTransposedProduct(std::span<const double>, std::span<double>) override {}
  void hessianProduct(double, std::span<const double>, std::span<const double> v, std::span<double> out) override {
    ++products;
    std::fill(out.begin(), out.end(), 0.0);
    addProduct(v, out);
  }
  std::optional<GramFactor> gramFactor(double, std::span<const double>, std::span<double> rest) override {
    if (rows_.empty()) return std::nullopt;
    std::fill(rest.begin(), rest.end(), 1e-3);
    GramFactor gram;
    gram.dense = {.f64 = rows_.data(), .rows = static_cast<int>(weights_.size()), .columns = n};
    gram.weights = weights_;
    return gram;
  }
  int products = 0;

  /// ||b - K z||
  double residual(const KktShift& shift, const std::vector<double>& b, const std::vector<double>& z) const {
    std::vector<double> Kz(b.size());
    addProduct(std::span(z).first(at(n)), std::span(Kz).first(at(n)));
    for (int j = 0; j < n; ++j) Kz[at(j)] += shift.primal * z[at(j)];
    for (int i = 0; i < m; ++i) {
      Kz[at(n + i)] -= shift.keptDual * z[at(n + i)];
      for (int k = jacobian_.offsets[at(i)]; k < jacobian_.offsets[at(i) + 1]; ++k) {
        Kz[at(n + i)] += J[at(k)] * z[at(jacobian_.indices[at(k)])];
        Kz[at(jacobian_.indices[at(k)])] += J[at(k)] * z[at(n + i)];
      }
    }
    double sum = 0;
    for (std::size_t i = 0; i < b.size(); ++i) sum += (b[i] - Kz[i]) * (b[i] - Kz[i]);
    return std::sqrt(sum);
  }

 private:
  void addProduct(std::span<const double> v, std::span<double> out) const {
    for (int j = 0; j < n; ++j) {
      for (int k = hessian_.offsets[at(j)]; k < hessian_.offsets[at(j) + 1]; ++k) {
        const int i = hessian_.indices[at(k)];
        out[at(i)] += H[at(k)] * v[at(j)];
        if (i != j) out[at(j)] += H[at(k)] * v[at(i)];
      }
    }
  }

  SparsePattern hessian_, jacobian_;
  std::vector<double> rows_, weights_;
};

/// An inner solver for a system, with the model that it needs.
struct Inner {
  std::shared_ptr<System> system;
  ScaledNlp model;
  NlpPoint point;
  std::unique_ptr<KktSolver> solver;

  Inner(std::shared_ptr<System> of, const NlpSettings& settings, const Cpu& la)
      : system(std::move(of)),
        model(la, {.nlp = system, .start = std::vector<double>(at(system->n)), .multipliers = {}}, false),
        point(model.makePoint()) {
    model.begin(point);
    model.linearize(point);
    solver = makeKktSolver(settings.kkt(), model, system->H, system->J, la);
    solver->load(system->H, system->J);
  }
  KktSolver* operator->() { return solver.get(); }
};

constexpr KktSketch sketches[] = {KktSketch::block, KktSketch::kaczmarz, KktSketch::gaussian, KktSketch::count,
                                  KktSketch::srht};

NlpSettings sketched(KktSketch kind) {
  NlpSettings settings;
  settings.inner = KktMethod::sketch;
  settings.sketch = kind;
  return settings;
}

template <class F>
void forSystems(F&& f) {
  f(std::make_shared<System>(40, 15, 40, 1));
  if (!check::sanitized) f(std::make_shared<System>(120, 30, 5, 2));
  f(std::make_shared<System>(7, 0, 7, 3));
  f(std::make_shared<System>(6, 6, 6, 4));
  f(std::make_shared<System>(1, 1, 1, 5));
}

}  // namespace

TEST(sketch_solves) {
  const Cpu la;
  forSystems([&](const std::shared_ptr<System>& system) {
    const KktShift shift{.primal = 0.5};
    const auto b = symmetric::randomVector(system->n + system->m, 9);
    for (const KktSketch kind : sketches) {
      for (const int memory : {0, 20}) {
        NlpSettings settings = sketched(kind);
        settings.sketchMemory = memory;
        Inner inner(system, settings, la);
        CHECK_EQ(inner->factor(shift).negative, system->m);
        std::vector<double> z(b.size());
        for (const double target : {1.0, memory > 0 ? 1e-6 : 0.3}) {
          const double norm = inner->solve(b, target, z);
          CHECK(norm <= target);
          CHECK_NEAR(system->residual(shift, b, z), norm, 1e-10);
        }
        CHECK_EQ(inner->fallbacks(), 0);
        CHECK(inner->steps() > 0);
      }
    }
  });
}

TEST(combination_of_rounds_saves_steps) {
  const Cpu la;
  const auto system = std::make_shared<System>(40, 15, 40, 1);
  const auto b = symmetric::randomVector(55, 9);
  for (const KktSketch kind : sketches) {
    std::int64_t steps[2];
    for (const bool combined : {false, true}) {
      NlpSettings settings = sketched(kind);
      settings.sketchMemory = combined ? 20 : 0;
      Inner inner(system, settings, la);
      inner->factor({});
      std::vector<double> z(b.size());
      inner->solve(b, 1e-2, z);
      steps[combined] = inner->steps();
    }
    CHECK(steps[1] < steps[0]);
  }
}

TEST(sketch_does_not_mind_the_sizes_of_H_and_J) {
  const Cpu la;
  const auto b = symmetric::randomVector(75, 9);
  for (const double factor : {1e-6, 1e-3, 1e3, 1e6}) {
    const auto system = std::make_shared<System>(60, 15, 60, 1);
    for (double& value : system->J) value *= factor;
    Inner inner(system, sketched(KktSketch::block), la);
    inner->factor({});
    std::vector<double> z(b.size());
    inner->solve(b, 1e-6, z);
    CHECK_EQ(inner->fallbacks(), 0);
    CHECK(inner->steps() <= 300);
  }
}

TEST(sketch_goes_on_where_it_was) {
  const Cpu la;
  const auto system = std::make_shared<System>(120, 30, 5, 2);
  const auto b = symmetric::randomVector(150, 9);
  const auto stepsTo = [&](std::initializer_list<double> targets) {
    Inner inner(system, sketched(KktSketch::kaczmarz), la);
    inner->factor({});
    std::vector<double> z(b.size());
    for (const double target : targets) inner->solve(b, target, z);
    return inner->steps();
  };
  CHECK_EQ(stepsTo({1e-2, 1e-6}), stepsTo({1e-6}));
}

TEST(sketch_gives_up_for_factors) {
  const Cpu la;
  const auto system = std::make_shared<System>(120, 30, 5, 2);
  const auto b = symmetric::randomVector(150, 9);
  NlpSettings settings = sketched(KktSketch::kaczmarz);
  settings.innerSteps = 300;
  Inner inner(system, settings, la);
  inner->factor({});
  std::vector<double> z(b.size());
  CHECK(inner->solve(b, 1e-9, z) <= 1e-9);
  CHECK_EQ(inner->fallbacks(), 1);
  CHECK(inner->steps() >= 300 && inner->steps() < 600);
}

TEST(sketch_depends_on_the_seed_alone) {
  const auto system = std::make_shared<System>(40, 15, 40, 1);
  const auto b = symmetric::randomVector(55, 9);
  WorkerPool pool(3);
  for (const KktSketch kind : sketches) {
    const auto solution = [&](std::uint64_t seed, const Cpu& la) {
      NlpSettings settings = sketched(kind);
      settings.seed = seed;
      Inner inner(system, settings, la);
      inner->factor({});
      std::vector<double> z(b.size());
      inner->solve(b, 1e-3, z);
      return z;
    };
    const auto z = solution(1, Cpu());
    CHECK(z == solution(1, Cpu(&pool, 3)));
    CHECK(z != solution(2, Cpu()));
  }
}

namespace {

NlpSettings krylov(KktPreconditioner kind) {
  NlpSettings settings;
  settings.inner = KktMethod::krylov;
  settings.preconditioner = kind;
  return settings;
}

/// Steps to a residual of 1e-6 b, which is checked.
std::int64_t krylovSteps(Inner& inner, const std::vector<double>& b) {
  const bool free = inner->matrixFree();
  CHECK(inner->canAssumeInertia());
  CHECK(inner->assumeInertia(free ? std::span<const double>() : std::span<const double>(inner.system->H),
                             inner.system->J));
  std::vector<double> z(b.size());
  const std::int64_t before = inner->steps();
  double sum = 0;
  for (const double value : b) sum += value * value;
  const double target = 1e-6 * std::sqrt(sum);
  const double norm = inner->solve(b, target, z);
  CHECK(norm <= target);
  CHECK_NEAR(inner.system->residual({}, b, z), norm, 1e-3 * target);
  return inner->steps() - before;
}

}  // namespace

TEST(krylov_with_the_diagonal) {
  const Cpu la;
  forSystems([&](const std::shared_ptr<System>& system) {
    Inner inner(system, krylov(KktPreconditioner::diagonal), la);
    CHECK(!inner->matrixFree());
    CHECK(krylovSteps(inner, symmetric::randomVector(system->n + system->m, 9)) <= 40);
    CHECK_EQ(inner->fallbacks(), 0);
  });
}

TEST(krylov_with_earlier_factors) {
  const Cpu la;
  forSystems([&](const std::shared_ptr<System>& system) {
    const auto b = symmetric::randomVector(system->n + system->m, 9);
    Inner inner(system, krylov(KktPreconditioner::lagged), la);
    CHECK(!inner->canAssumeInertia());  // nothing was factored yet
    std::vector<double> z(b.size());
    inner->factor({});
    inner->solve(b, 1e-8, z);
    for (double& value : system->H) value *= 1.1;
    for (double& value : system->J) value *= 0.95;
    const int factorizations = inner->factorizations();
    CHECK(krylovSteps(inner, b) <= 8);
    CHECK_EQ(inner->factorizations(), factorizations);
    inner->load(system->H, system->J);
    inner->factor({.primal = 1});
    inner->solve(b, 1e-8, z);
    CHECK(!inner->canAssumeInertia());  // the last factors were shifted
  });
}

TEST(sketched_preconditioners_do_not_mind_the_conditioning) {
  const Cpu la;
  const auto b = symmetric::randomVector(60, 9);
  for (const double condition : {1.0, 1e3, 1e5}) {
    const auto system = std::make_shared<System>(50, 10, 2000, condition, 3);
    Inner inner(system, krylov(KktPreconditioner::automatic), la);
    CHECK(inner->matrixFree());
    const auto steps = krylovSteps(inner, b);
    CHECK(steps <= 30);
    CHECK(system->products <= steps + 5);
    if (condition == 1) continue;
    Inner byDiagonal(system, krylov(KktPreconditioner::diagonal), la);
    CHECK(krylovSteps(byDiagonal, b) > 0);
  }
}

TEST(krylov_depends_on_the_seed_alone) {
  WorkerPool pool(3);
  const auto b = symmetric::randomVector(60, 9);
  const auto solution = [&](std::uint64_t seed, const Cpu& la) {
    NlpSettings settings = krylov(KktPreconditioner::sketch);
    settings.seed = seed;
    Inner inner(std::make_shared<System>(50, 10, 2000, 10, 3), settings, la);
    CHECK(inner->assumeInertia({}, inner.system->J));
    std::vector<double> z(b.size());
    inner->solve(b, 1e-3, z);
    return z;
  };
  const auto z = solution(1, Cpu());
  CHECK(z == solution(1, Cpu(&pool, 3)));
  CHECK(z != solution(2, Cpu()));
}

/// G = Q D Q, D from 1 down to 1e-12, Q a reflection: x in G x + J^T y = G z + J^T w, J x = J z is z.
TEST(systems_on_the_range_keep_small_eigenvalues) {
  const int n = 120, m = 4;
  const std::vector<double> v = symmetric::randomVector(n, 1), z = symmetric::randomVector(n, 2);
  double size = 0;
  for (const double entry : v) size += entry * entry;
  const auto reflect = [&](std::vector<double> x) {
    double along = 0;
    for (int j = 0; j < n; ++j) along += v[at(j)] * x[at(j)];
    for (int j = 0; j < n; ++j) x[at(j)] -= 2 * along / size * v[at(j)];
    return x;
  };
  const auto timesG = [&](std::vector<double> x) {
    x = reflect(std::move(x));
    for (int j = 0; j < n; ++j) x[at(j)] *= std::pow(1e-12, j / (n - 1.0));
    return reflect(std::move(x));
  };
  std::vector<double> G;
  for (int j = 0; j < n; ++j) {
    std::vector<double> unit(at(n), 0.0);
    unit[at(j)] = 1;
    const std::vector<double> column = timesG(unit);
    G.insert(G.end(), column.begin() + j, column.end());
  }
  SparsePattern rows{.lines = m, .width = n, .offsets = {0}, .indices = {}};
  for (int i = 0; i < m; ++i) {
    for (int j = i; j < n; j += 3) rows.indices.push_back(j);
    rows.offsets.push_back(static_cast<int>(rows.indices.size()));
  }
  const std::vector<double> J = symmetric::randomVector(static_cast<int>(rows.indices.size()), 3);
  const std::vector<double> w = symmetric::randomVector(m, 4);
  std::vector<double> b = timesG(z);
  b.resize(at(n + m));
  for (int i = 0; i < m; ++i) {
    for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
      b[at(rows.indices[at(k)])] += J[at(k)] * w[at(i)];
      b[at(n + i)] += J[at(k)] * z[at(rows.indices[at(k)])];
    }
  }
  const Cpu la;
  RangeSpace range(rows, la);
  CHECK(range.factor(G, J));
  std::vector<double> x = b;
  range.solve(x);
  // In the norm of G, by which conjugate gradients go.
  std::vector<double> error(at(n));
  for (int j = 0; j < n; ++j) error[at(j)] = x[at(j)] - z[at(j)];
  const std::vector<double> image = timesG(error), whole = timesG(z);
  double square = 0, scale = 0;
  for (int j = 0; j < n; ++j) {
    square += error[at(j)] * image[at(j)];
    scale += z[at(j)] * whole[at(j)];
  }
  CHECK(std::abs(square) < 1e-6 * scale);
  for (int i = 0; i < m; ++i) CHECK_NEAR(x[at(n + i)], w[at(i)], 1e-6);
  G[0] = -1;
  CHECK(!range.factor(G, J));
}

TEST(krylov_sees_negative_curvature) {
  const Cpu la;
  for (const KktPreconditioner kind : {KktPreconditioner::diagonal, KktPreconditioner::lagged}) {
    const auto system = std::make_shared<System>(20, 3, 20, 1);
    const auto b = symmetric::randomVector(23, 9);
    Inner inner(system, krylov(kind), la);
    std::vector<double> z(b.size());
    inner->factor({});
    inner->solve(b, 1e-8, z);
    for (double& value : system->H) value = -value;
    CHECK(inner->assumeInertia(system->H, system->J));
    CHECK(std::isnan(inner->solve(b, 1e-8, z)));
    CHECK_EQ(inner->fallbacks(), 1);
    inner->load(system->H, system->J);
    CHECK_EQ(inner->factor({.primal = 10}).negative, 3);
    CHECK(inner->solve(b, 1e-8, z) <= 1e-8);
    CHECK(!inner->canAssumeInertia());
  }
}

TEST(choice) {
  const Cpu la;
  const auto matrixFree = [&](const std::shared_ptr<System>& system) { return Inner(system, {}, la)->matrixFree(); };
  CHECK(!matrixFree(std::make_shared<System>(40, 15, 40, 1)));
  CHECK(!matrixFree(std::make_shared<System>(50, 10, 2000, 10, 3)));
}
