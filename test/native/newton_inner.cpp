// Inner solvers: every one solves the system that it was given, as well as it was asked to.
#include <cstring>

#include "check.hpp"
#include "solvers/newton_inner_choice.hpp"
#include "symmetric.hpp"

using namespace nonconvex;

namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// H = diagonal + some entries below it, J with `perRow` entries a row: dense patterns if that is n.
struct System {
  int n;
  int m;
  SparsePattern hessian, jacobian;
  std::vector<double> H, J;

  System(int variables, int constraints, int perRow, int seed) : n(variables), m(constraints) {
    const Random random(static_cast<std::uint64_t>(seed));
    std::uint64_t draw = 0;
    hessian.lines = hessian.width = jacobian.width = n;
    jacobian.lines = m;
    const Random choice(static_cast<std::uint64_t>(seed), 1);
    const auto chosen = [&](int i, int j) {
      return perRow >= n ||
             choice.below(static_cast<std::uint64_t>(i * n + j), static_cast<std::uint32_t>(n / perRow)) == 0;
    };
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i) {
        if (i != j && !chosen(i, j)) continue;
        hessian.indices.push_back(i);
        H.push_back(i == j ? 3 + random.uniform(draw) : random.normal(draw) / (2 * perRow));
        ++draw;
      }
      hessian.offsets.push_back(static_cast<int>(hessian.indices.size()));
    }
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        if (!chosen(i, j)) continue;
        jacobian.indices.push_back(j);
        J.push_back(random.normal(draw++));
      }
      jacobian.offsets.push_back(static_cast<int>(jacobian.indices.size()));
    }
  }

  /// ||b - K z||
  double residual(const NewtonShift& shift, const std::vector<double>& b, const std::vector<double>& z) const {
    std::vector<double> r = b;
    for (int j = 0; j < n; ++j) {
      r[at(j)] -= shift.primal * z[at(j)];
      for (int k = hessian.offsets[at(j)]; k < hessian.offsets[at(j) + 1]; ++k) {
        const int i = hessian.indices[at(k)];
        r[at(i)] -= H[at(k)] * z[at(j)];
        if (i != j) r[at(j)] -= H[at(k)] * z[at(i)];
      }
    }
    for (int i = 0; i < m; ++i) {
      r[at(n + i)] += shift.keptDual * z[at(n + i)];
      for (int k = jacobian.offsets[at(i)]; k < jacobian.offsets[at(i) + 1]; ++k) {
        r[at(n + i)] -= J[at(k)] * z[at(jacobian.indices[at(k)])];
        r[at(jacobian.indices[at(k)])] -= J[at(k)] * z[at(n + i)];
      }
    }
    double sum = 0;
    for (const double value : r) sum += value * value;
    return std::sqrt(sum);
  }

  std::unique_ptr<InnerSolver> solver(const NewtonSettings& settings, const Cpu& la) const {
    auto inner = innerSolver(settings, hessian, jacobian, H, J, la);
    inner->load(H, J);
    return inner;
  }
};

constexpr NewtonSketch sketches[] = {NewtonSketch::block, NewtonSketch::kaczmarz, NewtonSketch::gaussian,
                                     NewtonSketch::count, NewtonSketch::srht};

NewtonSettings sketched(NewtonSketch kind) {
  NewtonSettings settings;
  settings.inner = NewtonInner::sketch;
  settings.sketch = kind;
  return settings;
}

template <class F>
void forSystems(F&& f) {
  f(System(40, 15, 40, 1));
  f(System(120, 30, 5, 2));
  f(System(7, 0, 7, 3));
  f(System(6, 6, 6, 4));
  f(System(1, 1, 1, 5));
}

}  // namespace

TEST(sketch_solves) {
  const Cpu la;
  forSystems([&](const System& system) {
    const NewtonShift shift{.primal = 0.5};
    const auto b = symmetric::randomVector(system.n + system.m, 9);
    for (const NewtonSketch kind : sketches) {
      for (const int memory : {0, 20}) {
        NewtonSettings settings = sketched(kind);
        settings.sketchMemory = memory;
        const auto inner = system.solver(settings, la);
        CHECK_EQ(inner->factor(shift).negative, system.m);
        std::vector<double> z(b.size());
        for (const double target : {1.0, memory > 0 ? 1e-6 : 0.3}) {
          const double norm = inner->solve(b, target, z);
          CHECK(norm <= target);
          CHECK_NEAR(system.residual(shift, b, z), norm, 1e-10);
        }
        CHECK_EQ(inner->fallbacks(), 0);
        CHECK(inner->steps() > 0);
      }
    }
  });
}

TEST(combination_of_rounds_saves_steps) {
  const Cpu la;
  const System system(40, 15, 40, 1);
  const auto b = symmetric::randomVector(55, 9);
  for (const NewtonSketch kind : sketches) {
    std::int64_t steps[2];
    for (const bool combined : {false, true}) {
      NewtonSettings settings = sketched(kind);
      settings.sketchMemory = combined ? 20 : 0;
      const auto inner = system.solver(settings, la);
      inner->factor({});
      std::vector<double> z(b.size());
      inner->solve(b, 1e-2, z);
      steps[combined] = inner->steps();
    }
    CHECK(steps[1] < steps[0]);
  }
}

TEST(sketch_goes_on_where_it_was) {
  const Cpu la;
  const System system(120, 30, 5, 2);
  const auto b = symmetric::randomVector(150, 9);
  const auto stepsTo = [&](std::initializer_list<double> targets) {
    const auto inner = system.solver(sketched(NewtonSketch::kaczmarz), la);
    inner->factor({});
    std::vector<double> z(b.size());
    for (const double target : targets) inner->solve(b, target, z);
    return inner->steps();
  };
  CHECK_EQ(stepsTo({1e-2, 1e-6}), stepsTo({1e-6}));
}

TEST(sketch_gives_up_for_factors) {
  const Cpu la;
  const System system(120, 30, 5, 2);
  const auto b = symmetric::randomVector(150, 9);
  NewtonSettings settings = sketched(NewtonSketch::kaczmarz);
  settings.innerSteps = 300;
  const auto inner = system.solver(settings, la);
  inner->factor({});
  std::vector<double> z(b.size());
  CHECK(inner->solve(b, 1e-9, z) <= 1e-9);
  CHECK_EQ(inner->fallbacks(), 1);
  CHECK(inner->steps() >= 300 && inner->steps() < 600);
}

TEST(sketch_depends_on_the_seed_alone) {
  const System system(40, 15, 40, 1);
  const auto b = symmetric::randomVector(55, 9);
  WorkerPool pool(3);
  for (const NewtonSketch kind : sketches) {
    const auto solution = [&](std::uint64_t seed, const Cpu& la) {
      NewtonSettings settings = sketched(kind);
      settings.seed = seed;
      const auto inner = system.solver(settings, la);
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
