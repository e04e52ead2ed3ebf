// Boxes that the Lagrange function closes, against admissible points of them.
#include "methods/lagrangian_bound/lagrangian_bound.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "expressions/lifted/lifting.hpp"
#include "expressions/model_check.hpp"

using namespace nonconvex;

namespace {

/// minimise x^4 / 4 - x^2 / 2 + x y + y^2 subject to x y + z = 1/2, x - z >= -1, of which the first constraint is
/// bent. The points (x, y, 1/2 - x y) are those of the equation.
struct Bent {
  LiftedProgram lifted;

  explicit Bent(const std::vector<Interval>& box) {
    Graph graph(3);
    const int x = graph.variables(0, 1), y = graph.variables(1, 1), z = graph.variables(2, 1);
    const auto times = [&](double factor, int a) { return graph.binary(Op::multiply, graph.constant(factor), a); };
    const auto plus = [&](int a, int b) { return graph.binary(Op::add, a, b); };
    const int xy = graph.binary(Op::multiply, x, y), square = graph.unary(Op::square, x);
    const int fourth = graph.unary(Op::square, square);
    graph.minimize(plus(plus(times(0.25, fourth), times(-0.5, square)), plus(xy, graph.unary(Op::square, y))));
    graph.equalZero(plus(xy, z));
    graph.equalZero(graph.binary(Op::subtract, x, z));
    lifted = liftedProgram(graph, {}, {.variables = box, .constraints = {{0.5, 0.5}, {-1, infinity}}});
  }
  static double objective(double x, double y) { return x * x * x * x / 4 - x * x / 2 + x * y + y * y; }
};

/// The least objective over the points of a grid that are admissible and in the box.
double leastOf(const std::vector<Interval>& box) {
  constexpr int count = 60;
  double least = infinity;
  for (int i = 0; i <= count; ++i) {
    for (int j = 0; j <= count; ++j) {
      const double x = box[0].low + (box[0].high - box[0].low) * i / count;
      const double y = box[1].low + (box[1].high - box[1].low) * j / count;
      const double z = 0.5 - x * y;
      if (!box[2].contains(z) || x - z < -1) continue;
      least = std::min(least, Bent::objective(x, y));
    }
  }
  return least;
}

/// The minimum: f' = 0 with y = -x / 2 is x^3 - 3 x / 2 = 0.
std::shared_ptr<const StationaryPoint> minimum() {
  const double x = std::sqrt(1.5);
  return std::make_shared<const StationaryPoint>(StationaryPoint{{x, -x / 2, 0.5 + x * x / 2}, {0, 0}});
}

}  // namespace

TEST(boxesWithLowerPointsAreNotClosed) {
  std::mt19937_64 random(3);
  int closed = 0;
  for (int trial = 0; trial < check::repetitions(3000); ++trial) {
    const std::vector<double> middle = check::uniform(random, 2, -2, 2);
    const double width = std::pow(10, check::uniform(random, 1, -2, 0.3)[0]);
    const double z = 0.5 - middle[0] * middle[1];
    const std::vector<Interval> box = {
        {middle[0] - width, middle[0] + width}, {middle[1] - width, middle[1] + width}, {z - 4 * width, z + 4 * width}};
    const Bent problem(box);
    LagrangianBound bound(problem.lifted);
    const std::vector<double> shift = check::uniform(random, 5, -0.3, 0.3);
    const auto best = minimum();
    bound.setPoint(trial % 2 == 0 ? best
                                  : std::make_shared<const StationaryPoint>(StationaryPoint{
                                        {best->x[0] + shift[0], best->x[1] + shift[1], best->x[2] + shift[2]},
                                        {shift[3], std::abs(shift[4])}}));
    const double least = leastOf(box);
    for (const double above : {-0.3, -1e-3, 1e-9, 0.1}) {
      const double goal = std::isfinite(least) ? least + above : -0.5;
      if (!bound.reaches(box, goal)) continue;
      ++closed;
      check::note(!(least < goal), __FILE__, __LINE__, "trial " + std::to_string(trial) + " has a lower point");
    }
  }
  CHECK(closed > check::repetitions(300));
}

TEST(boxesAboutMinimaCloseWithoutSplits) {
  const auto best = minimum();
  const double least = Bent::objective(best->x[0], best->x[1]);
  std::vector<Interval> box;
  for (const double x : best->x) box.push_back({x - 0.2, x + 0.3});
  const Bent problem(box);
  LagrangianBound bound(problem.lifted);
  bound.setPoint(best);
  CHECK(bound.reaches(box, least - 1e-6));
  CHECK(!bound.reaches(box, least + 1e-9));
}

TEST(growthFromAnEndIsCurvature) {
  Graph graph(1);
  const int x = graph.variables(0, 1);
  graph.minimize(graph.binary(Op::subtract, x, graph.unary(Op::square, x)));
  const std::vector<Interval> box = {{0, 0.9}};  // x - x^2 is concave, and least at 0
  const LiftedProgram lifted = liftedProgram(graph, {}, {.variables = box, .constraints = {}});
  LagrangianBound bound(lifted);
  bound.setPoint(std::make_shared<const StationaryPoint>(StationaryPoint{{0}, {}}));
  CHECK(bound.reaches(box, -1e-9));
  CHECK(!bound.reaches(std::vector<Interval>{{0, 1.1}}, -1e-9));
}

TEST(functionsWithKinksAreNotExpanded) {
  Graph graph(1);
  graph.minimize(graph.unary(Op::negate, graph.unary(Op::abs, graph.variables(0, 1))));
  const std::vector<Interval> box = {{-0.5, 1}};
  const LiftedProgram lifted = liftedProgram(graph, {}, {.variables = box, .constraints = {}});
  LagrangianBound bound(lifted);
  bound.setPoint(std::make_shared<const StationaryPoint>(StationaryPoint{{1}, {}}));
  CHECK(!bound.reaches(box, -0.9));
  CHECK(bound.reaches(std::vector<Interval>{{0.1, 0.8}}, -0.81));
}
