// Box-constrained quadratic programs against the enumeration of all their stationary points.
#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "core/limits.hpp"
#include "core/monitor.hpp"
#include "core/random.hpp"
#include "core/run.hpp"
#include "methods/low_rank_sdp/box_quadratic_search.hpp"
#include "methods/low_rank_sdp/box_reduction.hpp"
#include "methods/low_rank_sdp/definite_factor.hpp"
#include "methods/low_rank_sdp/quadratic_rows.hpp"

using namespace nonconvex;

namespace {

using Long = long double;

enum class Kind { normal, integers, convex, diagonal, concave, sparse, fixed, wide, last };

struct Draws {
  Random random;
  std::uint64_t next = 0;
  double normal() { return random.normal(next++); }
  double uniform() { return random.uniform(next++); }
};

void drawMatrix(BoxQuadratic& made, int n, Kind kind, Draws& draws) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      double entry = kind == Kind::integers ? std::floor(101 * draws.uniform()) - 50 : draws.normal();
      if (kind == Kind::diagonal && i != j) entry = 0;
      if (kind == Kind::sparse && draws.uniform() < 0.7) entry = 0;
      if (kind == Kind::concave && i == j) entry = -std::abs(entry);
      if ((kind == Kind::convex || kind == Kind::diagonal) && i == j) entry = std::abs(entry) + (i != j ? 0 : 2.0 * n);
      made.Q[at(i * n + j)] = made.Q[at(j * n + i)] = entry;
    }
  }
}

BoxQuadratic drawn(int n, Kind kind, std::uint64_t seed) {
  Draws draws{Random(seed, 40 + static_cast<std::uint32_t>(kind))};
  BoxQuadratic made;
  made.Q.assign(at(n * n), 0.0);
  drawMatrix(made, n, kind, draws);
  for (int i = 0; i < n; ++i) {
    made.c.push_back(draws.normal() * (kind == Kind::integers ? 20 : 1));
    const double low = kind == Kind::integers ? 0 : draws.normal();
    made.lower.push_back(low * (kind == Kind::wide ? std::pow(10, 3 * draws.normal()) : 1));
    made.upper.push_back(made.lower.back() + (kind == Kind::integers ? 1 : draws.uniform()) *
                                                 (kind == Kind::wide ? std::pow(10, 2 * draws.normal()) : 1));
    if (kind == Kind::fixed && i % 2 == 0) made.upper.back() = made.lower.back();
  }
  return made;
}

Long valueOf(const BoxQuadratic& problem, const std::vector<Long>& x) {
  Long sum = 0;
  for (int i = 0; i < problem.size(); ++i) {
    Long slope = problem.c[at(i)];
    for (int j = 0; j < problem.size(); ++j) slope += static_cast<Long>(problem.row(i)[j]) * x[at(j)] / 2;
    sum += slope * x[at(i)];
  }
  return sum;
}

/// Solves for the entries of x in `inner`, at which the gradient is to be zero; false where that has no one solution.
bool solveInner(const BoxQuadratic& problem, const std::vector<int>& inner, std::vector<Long>& x) {
  const std::size_t m = inner.size();
  std::vector<std::vector<Long>> rows(m, std::vector<Long>(m + 1));
  for (std::size_t a = 0; a < m; ++a) {
    rows[a][m] = -static_cast<Long>(problem.c[at(inner[a])]);
    for (int j = 0; j < problem.size(); ++j) rows[a][m] -= problem.row(inner[a])[j] * x[at(j)];  // inner ones are 0
    for (std::size_t b = 0; b < m; ++b) rows[a][b] = problem.row(inner[a])[inner[b]];
  }
  for (std::size_t k = 0; k < m; ++k) {
    std::size_t pivot = k;
    for (std::size_t a = k; a < m; ++a) pivot = std::abs(rows[a][k]) > std::abs(rows[pivot][k]) ? a : pivot;
    if (std::abs(rows[pivot][k]) < 1e-14L) return false;
    std::swap(rows[k], rows[pivot]);
    for (std::size_t a = 0; a < m; ++a) {
      if (a == k) continue;
      const Long factor = rows[a][k] / rows[k][k];
      for (std::size_t b = k; b <= m; ++b) rows[a][b] -= factor * rows[k][b];
    }
  }
  for (std::size_t k = 0; k < m; ++k) x[at(inner[k])] = rows[k][m] / rows[k][k];
  return true;
}

struct Stationary {
  std::vector<Long> x;
  Long value;
};

/// The stationary points of all faces, the least one first: one of them is the minimum.
std::vector<Stationary> stationaryPoints(const BoxQuadratic& problem) {
  const int n = problem.size();
  std::vector<Stationary> found;
  const int codes = static_cast<int>(std::lround(std::pow(3, n)));
  for (int code = 0; code < codes; ++code) {
    std::vector<Long> x(at(n));
    std::vector<int> inner;
    for (int i = 0, rest = code; i < n; ++i, rest /= 3) {
      if (rest % 3 == 2) inner.push_back(i);
      x[at(i)] = rest % 3 == 0 ? problem.lower[at(i)] : rest % 3 == 1 ? problem.upper[at(i)] : 0;
    }
    if (!solveInner(problem, inner, x)) continue;
    bool inside = true;
    for (const int i : inner) inside = inside && x[at(i)] >= problem.lower[at(i)] && x[at(i)] <= problem.upper[at(i)];
    if (inside) found.push_back({x, valueOf(problem, x)});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  return found;
}

double leastOf(const BoxQuadratic& problem) { return static_cast<double>(stationaryPoints(problem).front().value); }

/// What the numbers of a problem allow as error of a comparison in doubles.
double rounding(const BoxQuadratic& problem) {
  double sum = 0;
  for (int i = 0; i < problem.size(); ++i) {
    const auto most = [&](int k) { return std::max(std::abs(problem.lower[at(k)]), std::abs(problem.upper[at(k)])); };
    sum += std::abs(problem.c[at(i)]) * most(i);
    for (int j = 0; j < problem.size(); ++j) sum += std::abs(problem.row(i)[j]) * most(i) * most(j);
  }
  return 1e-16 * sum;
}

Status run(BoxQuadraticSearch& search) {
  search.start();
  std::optional<Status> status;
  while (!(status = search.step())) {
  }
  return *status;
}

template <class F>
void forProblems(int smallest, int largest, int each, F&& f) {
  for (int kind = 0; kind < static_cast<int>(Kind::last); ++kind) {
    for (int n = smallest; n <= largest; ++n) {
      for (int k = 0; k < check::repetitions(each); ++k)
        f(drawn(n, static_cast<Kind>(kind), static_cast<std::uint64_t>(100 * n + k)));
    }
  }
}

}  // namespace

TEST(bounds_of_box_quadratics_are_valid_after_any_number_of_sweeps) {
  forProblems(1, 6, 4, [](const BoxQuadratic& problem) {
    const double least = leastOf(problem);
    Relaxation relaxation;
    for (const int sweeps : {0, 1, 2, 7, 60}) {
      relaxation.set(problem, problem.lower, problem.upper, nullptr, static_cast<std::uint64_t>(sweeps));
      for (int k = 0; k < sweeps && relaxation.size() > 0; ++k) relaxation.sweep();
      if (relaxation.size() > 0) CHECK(relaxation.prove() <= least + rounding(problem));
    }
  });
}

TEST(a_start_of_a_relaxation_gives_valid_bounds_of_smaller_boxes) {
  forProblems(2, 5, 4, [](BoxQuadratic problem) {
    Relaxation relaxation;
    relaxation.set(problem, problem.lower, problem.upper, nullptr, 1);
    for (int k = 0; k < 30 && relaxation.size() > 0; ++k) relaxation.sweep();
    if (relaxation.size() > 0) relaxation.prove();
    const RelaxationStart start = relaxation.start();
    problem.upper.back() = problem.lower.back() + 0.3 * (problem.upper.back() - problem.lower.back());
    problem.lower.front() = problem.upper.front();
    const double least = leastOf(problem);
    for (const int sweeps : {0, 1, 20}) {
      relaxation.set(problem, problem.lower, problem.upper, &start, 1);
      for (int k = 0; k < sweeps && relaxation.size() > 0; ++k) relaxation.sweep();
      if (relaxation.size() > 0) CHECK(relaxation.prove() <= least + rounding(problem));
    }
  });
}

TEST(searches_of_box_quadratics_find_the_minimum_and_prove_it) {
  const Cpu la;
  forProblems(1, 7, check::longRun() ? 40 : 4, [&](const BoxQuadratic& problem) {
    const double least = leastOf(problem), error = rounding(problem);
    BoxQuadraticSearch search(la, problem, {.gap = 1e-6, .absoluteGap = 1e-6 + 10 * error});
    CHECK(run(search) == Status::solved);
    CHECK(search.lowerBound() <= least + error);
    CHECK(search.objective() >= least - error);
    CHECK_NEAR(search.objective(), least, 1e-6 + 11 * error + 1e-6 * std::abs(least));
    CHECK(search.objective() - search.lowerBound() <= (1e-6 + 10 * error + 1e-6 * std::abs(least)) * (1 + 1e-9));
    for (int i = 0; i < problem.size(); ++i)
      CHECK(search.x()[at(i)] >= problem.lower[at(i)] && search.x()[at(i)] <= problem.upper[at(i)]);
    CHECK_EQ(problem.value(search.x()), search.objective());
  });
}

TEST(reduced_boxes_keep_the_least_value) {
  forProblems(1, 6, 4, [](const BoxQuadratic& problem) {
    BoxQuadratic reduced = problem;
    reduceBox(problem, reduced.lower, reduced.upper);
    CHECK_NEAR(leastOf(reduced), leastOf(problem), rounding(problem));
  });
}

TEST(what_a_bound_cuts_off_has_no_lower_objective_than_the_goal) {
  int cut = 0;
  forProblems(2, 6, 4, [&](const BoxQuadratic& problem) {
    Relaxation relaxation;
    relaxation.set(problem, problem.lower, problem.upper, nullptr, 1);
    if (relaxation.size() == 0) return;
    for (int k = 0; k < 100; ++k) relaxation.sweep();
    relaxation.prove();
    relaxation.dual().prepareReach();
    const std::vector<Stationary> points = stationaryPoints(problem);
    const double goal = static_cast<double>(points[points.size() / 3].value);
    const UnitQuadratic& unit = relaxation.unit();
    for (int i = 0; i < unit.size(); ++i) {
      const DualBound::Reach reach = relaxation.dual().reach(i, goal, 0);
      cut += reach.low > -1 || reach.high < 1;
      for (const Stationary& each : points) {
        if (each.value >= goal - rounding(problem)) break;
        const Long z = (each.x[at(unit.free()[at(i)])] - static_cast<Long>(unit.centre(i))) / unit.radius(i);
        CHECK(z >= reach.low - 1e-12L && z <= reach.high + 1e-12L);
      }
    }
  });
  CHECK(cut > 10 * check::repetitions(4));
}

TEST(searches_of_box_quadratics_are_the_same_for_any_number_of_threads) {
  for (const std::uint64_t seed : {1, 2}) {
    const BoxQuadratic problem = drawn(60, Kind::integers, seed);
    std::vector<double> x;
    double bound = 0, nodes = 0;
    for (const int threads : {1, 2, 3, 8}) {
      WorkerPool pool(threads - 1);
      const Cpu la(&pool);
      BoxQuadraticSearch search(la, problem);
      CHECK(run(search) == Status::solved);
      if (threads == 1) {
        x.assign(search.x().begin(), search.x().end());
        bound = search.lowerBound();
        nodes = search.nodes();
      }
      CHECK(check::sameBits(x.data(), search.x().data(), x.size()));
      CHECK_EQ(search.lowerBound(), bound);
      CHECK_EQ(search.nodes(), nodes);
    }
    CHECK(nodes > 8);
  }
}

TEST(convex_box_quadratics_end_at_the_root) {
  const Cpu la;
  for (const Kind kind : {Kind::convex, Kind::diagonal}) {
    BoxQuadraticSearch search(la, drawn(30, kind, 5));
    CHECK(run(search) == Status::solved);
    CHECK_EQ(search.nodes(), 1.0);
  }
}

TEST(searches_of_box_quadratics_have_limits_and_a_cutoff) {
  const Cpu la;
  const BoxQuadratic problem = drawn(34, Kind::integers, 1);
  BoxQuadraticSearch whole(la, problem), limited(la, problem, {.mostNodes = 3, .together = 2});
  run(whole);
  CHECK(run(limited) == Status::iterationLimit);
  CHECK_EQ(limited.nodes(), 3.0);
  CHECK(limited.lowerBound() <= whole.objective());
  CHECK(limited.lowerBound() >= 2 * whole.objective());

  BoxQuadraticSearch below(la, problem, {.cutoff = whole.objective() - 1});
  CHECK(run(below) == Status::solved);
  CHECK(below.x().empty());
  CHECK(below.lowerBound() >= whole.objective() - 1.01 - 1e-4 * std::abs(whole.objective()));
}

TEST(an_interrupted_search_of_a_box_quadratic_has_a_valid_bound_and_goes_on) {
  const BoxQuadratic problem = drawn(34, Kind::integers, 1);
  Monitor monitor;
  const Cpu la(nullptr, 1, &monitor);
  BoxQuadraticSearch whole(la, problem), search(la, problem);
  run(whole);
  search.start();
  search.step();
  search.step();
  const double before = search.lowerBound();
  monitor.abort();
  bool interrupted = false;
  try {
    while (!search.step()) {
    }
  } catch (const Interrupted&) {
    interrupted = true;
  }
  CHECK(interrupted);
  CHECK(search.lowerBound() >= before);
  CHECK(search.lowerBound() <= whole.objective());
}

TEST(a_definite_factor_refuses_what_is_not_definite) {
  for (int n = 2; n <= 40; n += 19) {
    // The matrix I - (1 + e) v v^T with |v| = 1 has the eigenvalue -e.
    for (const double e : {1e-15, 1e-13, 1e-10, 1e-3}) {
      std::vector<double> A(at(n * n));
      for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) A[at(i * n + j)] = (i == j) - (1 + e) / n;
      }
      DefiniteFactor factor;
      const bool definite = factor.factor(n, A);
      CHECK(!definite || factor.margin() >= e - 1e-15);
      if (e >= 1e-10) CHECK(!definite);
    }
  }
}

TEST(long_loops_end_where_the_solve_is_aborted) {
  const int n = 300;
  const BoxQuadratic problem = drawn(n, Kind::convex, 5);
  Monitor monitor;
  monitor.abort();
  const Cpu la(nullptr, 1, &monitor);
  const auto ends = [](auto&& work) {
    try {
      work();
    } catch (const Interrupted&) {
      return true;
    }
    return false;
  };
  DefiniteFactor factor;
  CHECK(ends([&] { factor.factor(n, problem.Q, la); }));
  CHECK(factor.factor(n, problem.Q));
  std::vector<double> diagonal(at(n)), slope;
  CHECK(ends([&] { factor.inverseDiagonal(diagonal, la); }));
  Relaxation relaxation;
  relaxation.set(problem, problem.lower, problem.upper, nullptr, 1);
  CHECK(ends([&] { relaxation.sweep(la); }));
  CHECK(ends([&] { relaxation.prove(la); }));
}

TEST(the_inverse_diagonal_of_a_factor_is_that_of_the_inverse) {
  const int n = 6;
  const BoxQuadratic problem = drawn(n, Kind::convex, 3);
  DefiniteFactor factor;
  CHECK(factor.factor(n, problem.Q));
  std::vector<double> diagonal(at(n));
  factor.inverseDiagonal(diagonal);
  for (int i = 0; i < n; ++i) {
    std::vector<double> b(at(n));
    b[at(i)] = 1;
    factor.solve(b);
    CHECK_NEAR(b[at(i)], diagonal[at(i)], 1e-14);
  }
}

namespace {

/// Adds rows that the middle of the box meets, some of them equations; `squares`: rows that are not linear.
void addRows(BoxQuadratic& problem, int count, bool squares, std::uint64_t seed) {
  Draws draws{Random(seed, 90)};
  const auto middle = [&](int i) { return 0.5 * (problem.lower[at(i)] + problem.upper[at(i)]); };
  for (int k = 0; k < count; ++k) {
    QuadraticRow row;
    double value = 0, scale = 0;
    for (int i = 0; i < problem.size(); ++i) {
      row.terms.push_back({i, -1, draws.normal()});
      if (squares) row.terms.push_back({i, (i + 1) % problem.size(), draws.normal()});
    }
    for (const QuadraticRow::Term& term : row.terms) {
      const double part = term.value * middle(term.i) * (term.j < 0 ? 1 : middle(term.j));
      value += part;
      scale += 0.2 * std::abs(term.value) * (problem.upper[at(term.i)] - problem.lower[at(term.i)]);
    }
    const int kind = static_cast<int>((seed + static_cast<std::uint64_t>(k)) % 3);
    row.lower = kind == 0 ? -infinity : value - (kind == 1 ? 0 : 0.2) * scale;
    row.upper = kind == 1 ? infinity : value + 0.1 * scale;
    problem.rows.push_back(row);
  }
}

double excess(const BoxQuadratic& problem, const std::vector<double>& x) {
  double most = 0;
  for (const QuadraticRow& row : problem.rows) {
    Long value = 0;
    for (const QuadraticRow::Term& term : row.terms)
      value += static_cast<Long>(term.value) * x[at(term.i)] * (term.j < 0 ? 1 : x[at(term.j)]);
    most = std::max({most, static_cast<double>(value - row.upper), static_cast<double>(row.lower - value)});
  }
  return most;
}

/// Values of admissible points: drawn ones, and points of the box's edges and faces.
std::vector<double> admissibleValues(const BoxQuadratic& problem, std::uint64_t seed) {
  Draws draws{Random(seed, 91)};
  std::vector<double> values, x(at(problem.size()));
  for (int k = 0; k < 4000; ++k) {
    for (int i = 0; i < problem.size(); ++i) {
      const double share = draws.uniform();
      const double width = problem.upper[at(i)] - problem.lower[at(i)];
      x[at(i)] = share < 0.25   ? problem.lower[at(i)]
                 : share > 0.75 ? problem.upper[at(i)]
                                : problem.lower[at(i)] + (2 * share - 0.5) * width;
      x[at(i)] = std::clamp(k == 0 ? problem.lower[at(i)] + 0.5 * width : x[at(i)], problem.lower[at(i)],
                            problem.upper[at(i)]);
    }
    if (excess(problem, x) <= 0) values.push_back(problem.value(x));
  }
  return values;
}

}  // namespace

TEST(bounds_under_rows_are_valid_after_any_number_of_sweeps) {
  int known = 0;
  for (const bool squares : {false, true}) {
    forProblems(2, 5, 3, [&](BoxQuadratic problem) {
      const auto seed = static_cast<std::uint64_t>(known + problem.size());
      addRows(problem, 1 + problem.size() / 2, squares, seed);
      const std::vector<double> values = admissibleValues(problem, seed);
      if (values.empty()) return;
      ++known;
      const double least = *std::min_element(values.begin(), values.end());
      Relaxation relaxation;
      for (const int sweeps : {0, 1, 3, 100}) {
        relaxation.set(problem, problem.lower, problem.upper, nullptr, static_cast<std::uint64_t>(sweeps));
        if (relaxation.size() == 0) return;
        for (int k = 0; k < sweeps; ++k) relaxation.sweep();
        CHECK(relaxation.prove() <= least + rounding(problem));
      }
      const RelaxationStart start = relaxation.start();
      relaxation.set(problem, problem.lower, problem.upper, &start, 1);
      CHECK(relaxation.prove() <= least + rounding(problem));
    });
  }
  CHECK(known > 40);
}

TEST(searches_under_rows_lose_no_admissible_point) {
  const Cpu la;
  int known = 0;
  for (const bool squares : {false, true}) {
    forProblems(2, 4, 2, [&](BoxQuadratic problem) {
      const auto seed = static_cast<std::uint64_t>(known + problem.size());
      addRows(problem, 1 + problem.size() / 2, squares, seed);
      const std::vector<double> values = admissibleValues(problem, seed);
      if (values.empty()) return;
      ++known;
      const double least = *std::min_element(values.begin(), values.end());
      std::vector<double> lower = problem.lower, upper = problem.upper;
      CHECK(propagateRows(problem, lower, upper));
      for (const double above : {0.0, 0.1, 10.0}) {
        BoxQuadraticSearch search(la, problem, {.cutoff = least + above * (1 + std::abs(least)), .mostNodes = 60});
        run(search);
        CHECK(search.lowerBound() <= least + rounding(problem));
      }
    });
  }
  CHECK(known > 20);
}

/// min -x y under x + y <= 1 in the unit square is -1/4, at (1/2, 1/2).
TEST(a_search_under_a_row_takes_points_of_a_local_solver) {
  const Cpu la;
  BoxQuadratic problem = {.Q = {0, -1, -1, 0}, .c = {0, 0}, .lower = {0, 0}, .upper = {1, 1}, .rows = {}};
  problem.rows.push_back({{{0, -1, 1.0}, {1, -1, 1.0}}, -infinity, 1});
  int calls = 0;
  BoxQuadraticSettings settings;
  settings.solveLocally = [&](std::span<double> x, double& objective) {
    ++calls;
    x[0] = x[1] = 0.5;
    objective = -0.25;
    return true;
  };
  BoxQuadraticSearch search(la, problem, settings);
  CHECK(run(search) == Status::solved);
  CHECK(calls > 0);
  CHECK_EQ(search.objective(), -0.25);
  CHECK(search.lowerBound() <= -0.25 && search.lowerBound() >= -0.25 - 1e-4);

  problem.rows.push_back({{{0, -1, 1.0}, {1, 1, 1.0}}, 2.5, infinity});
  BoxQuadraticSearch impossible(la, problem, {});
  CHECK(run(impossible) == Status::infeasible);
}
