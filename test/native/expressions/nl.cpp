// .nl files: what is read against an interpreter, in text and in binary form; what is refused, and with which words;
// what is written against what is read back.
#include "check.hpp"
#include "expressions/model_graphs.hpp"
#include "expressions/nl/reader.hpp"
#include "expressions/nl/writer.hpp"
#include "expressions/nl_text.hpp"

using check::uniform;
using nonconvex::Graph;
using nonconvex::NlModel;
using nonconvex::Op;
using nonconvex::Program;

namespace {

NlModel parse(const std::string& text) { return nonconvex::parseNl(text, "test.nl"); }

struct Failure {
  std::string message, code;
};
Failure failure(const std::string& text) {
  try {
    parse(text);
  } catch (const nonconvex::Error& error) {
    return {error.what(), error.code()};
  }
  return {};
}

/// A file of n variables and m constraints; `segments` are what follows the header.
std::string file(int n, int m, const std::string& segments, const std::string& defined = "0 0 0 0 0") {
  const std::string size = std::to_string(m);
  return "g3 1 1 0\n " + std::to_string(n) + " " + size + " 1 0 " + size + "\n " + size +
         " 1\n 0 0\n 0 0 0\n 0 0 0 1\n 0 0 0 0 0\n 0 0\n 0 0\n " + defined + "\n" + segments;
}
std::string unconstrained(const std::string& objective) { return file(2, 0, "O0 0\n" + objective + "b\n3\n3\n"); }

std::vector<double> constraintsAt(Program& program, const std::vector<double>& x) {
  std::vector<double> c(static_cast<std::size_t>(program.constraints()));
  program.moveTo(x);
  program.constraintValues(c);
  return c;
}
double objectiveAt(const std::string& text, const std::vector<double>& x) {
  Program program(parse(text).graph);
  program.moveTo(x);
  return program.objective();
}

using Vector = std::vector<double>;
constexpr double infinite = HUGE_VAL;

/// Returns true if all rows are equations, and no variable has a bound.
bool isFree(const NlModel& model) {
  const Vector none(model.start.size(), infinite), zeros(model.multipliers.size(), 0);
  const bool variables = model.variableLower == Vector(none.size(), -infinite) && model.variableUpper == none;
  return variables && model.constraintLower == zeros && model.constraintUpper == zeros;
}

bool close(double a, double b) { return check::close(a, b, std::abs(b), 1e-12); }

}  // namespace

TEST(filesFromAmpl) {
  const auto files = check::nlFiles();
  if (files.empty()) std::fprintf(stderr, "skipped: ../shared/problems/nl is not there\n");
  std::mt19937_64 random(1);
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    const std::string text = check::contentOf(path);
    check::NlText truth(text);
    const NlModel model = nonconvex::readNl(path.string());
    const NlModel binary = parse(check::binaryNl(text));
    check::note(model.graph.variableCount() == truth.n && model.graph.constraintCount() == truth.m, name.c_str(), 0,
                "sizes");
    check::note(isFree(model), name.c_str(), 0, "sides");
    check::note(model.start == truth.start && binary.start == truth.start, name.c_str(), 0, "start");
    Program program(model.graph);
    Program fromBinary(binary.graph);
    std::vector<double> x = truth.start;
    for (int trial = 0; trial < 3; ++trial) {
      const std::vector<double> c = constraintsAt(program, x);
      const std::vector<double> trueC = truth.constraints(x);
      const double f = program.objective();
      bool good = close(f, truth.objective(x)) && c.size() == trueC.size();
      for (std::size_t i = 0; i < c.size(); ++i) good = good && close(c[i], trueC[i]);
      check::note(good, name.c_str(), trial, "values");
      check::note(constraintsAt(fromBinary, x) == c && fromBinary.objective() == f, name.c_str(), trial, "binary form");
      for (double& value : x) value += uniform(random, 1, -0.01, 0.01)[0];
    }
  }
}

TEST(everyOperator) {
  struct Case {
    int code;
    std::string operands;
    double value;
  };
  const double a = 0.3, b = 1.7;
  const std::string A = "v0\n", B = "v1\n", AB = A + B;
  const Case cases[] = {{0, AB, a + b},
                        {1, AB, a - b},
                        {2, AB, a * b},
                        {3, AB, a / b},
                        {5, AB, std::pow(a, b)},
                        {6, AB, 0},
                        {6, B + A, b - a},
                        {11, "3\n" + AB + "n0.1\n", 0.1},
                        {12, "3\n" + AB + "n0.1\n", b},
                        {15, "o16\n" + A, a},
                        {16, A, -a},
                        {37, A, std::tanh(a)},
                        {38, A, std::tan(a)},
                        {39, A, std::sqrt(a)},
                        {40, A, std::sinh(a)},
                        {41, A, std::sin(a)},
                        {42, A, std::log10(a)},
                        {43, A, std::log(a)},
                        {44, A, std::exp(a)},
                        {45, A, std::cosh(a)},
                        {46, A, std::cos(a)},
                        {47, A, std::atanh(a)},
                        {48, AB, std::atan2(a, b)},
                        {49, A, std::atan(a)},
                        {50, A, std::asinh(a)},
                        {51, A, std::asin(a)},
                        {52, B, std::acosh(b)},
                        {53, A, std::acos(a)},
                        {54, "4\n" + AB + A + "n2\n", 2 * a + b + 2},
                        {75, A + "n3\n", a * a * a},
                        {76, A, a * a},
                        {77, "n2\n" + B, std::pow(2, b)}};
  for (const Case& test : cases) {
    const double value = objectiveAt(unconstrained("o" + std::to_string(test.code) + "\n" + test.operands), {a, b});
    check::note(close(value, test.value), "operator", test.code, check::text(value));
  }
  CHECK_NEAR(objectiveAt(unconstrained("o0\nn1e-400\no2\nn-1.5E2\nv1\n"), {0, 2}), -300, 0);
}

TEST(conditions) {
  // Each comparison, and each way to combine them, against an interpreter, below, at and above equality.
  const std::string AB = "v0\nv1\n", low = "o22\nv0\nn1\n", high = "o22\nn3\nv1\n";
  const std::string all[] = {"o22\n" + AB,
                             "o23\n" + AB,
                             "o24\n" + AB,
                             "o28\n" + AB,
                             "o29\n" + AB,
                             "o30\n" + AB,
                             "o34\n" + low,
                             "o21\n" + low + high,
                             "o20\n" + low + high,
                             "o70\n3\n" + low + high + "o23\n" + AB,
                             "o71\n3\n" + low + high + "o23\n" + AB,
                             "o21\no34\no20\n" + low + high + "o30\n" + AB,
                             "n1\n",
                             "n0\n",
                             "v0\n"};
  for (const std::string& condition : all) {
    const std::string text = unconstrained("o35\n" + condition + "o0\nn10\nv0\no2\nn100\nv1\n");
    check::NlText truth(text);
    Program program(parse(text).graph), binary(parse(check::binaryNl(text)).graph);
    for (const double a : {0.0, 0.5, 1.0, 2.0, 3.5, 4.0}) {
      for (const double b : {0.5, 1.0, 2.0, 4.0}) {
        const std::vector<double> x = {a, b};
        program.moveTo(x);
        binary.moveTo(x);
        check::note(program.objective() == truth.objective(x) && binary.objective() == truth.objective(x), "condition",
                    0, condition + check::text(program.objective()) + " " + check::text(truth.objective(x)));
      }
    }
  }
}

TEST(segments) {
  // Common subexpressions with linear terms, one in the other; a row's linear part; x and d.
  const NlModel model = parse(file(3, 2,
                                   "V3 2 0\n0 2\n1 -1\no2\nv0\nv1\n"
                                   "V4 0 1\no41\nv3\n"
                                   "C0\no0\nv3\nv4\n"
                                   "C1\nn0\n"
                                   "O0 0\no5\nv3\nn2\n"
                                   "d1\n1 0.5\n"
                                   "x2\n2 7\n0 -1e0\n"
                                   "r\t#2 ranges\n4 3\n0 -1 -1\n"
                                   "b\n3\n0 -Infinity Infinity\n1 Infinity\n"
                                   "k2\n1\n3\n"
                                   "J0 2\n2 1.5\n0 0\n"
                                   "J1 1\n1 4\n"
                                   "G0 1\n2 10\n",
                                   "1 1 0 0 0"));
  CHECK(model.start == (std::vector<double>{-1, 0, 7}));
  CHECK(model.multipliers == (std::vector<double>{0, -0.5}));
  Program program(model.graph);
  const std::vector<double> x = {0.5, 3, -2};
  const double v = 0.5 * 3 + 2 * 0.5 - 3;
  const std::vector<double> c = constraintsAt(program, x);
  CHECK_NEAR(c[0], v + std::sin(v) + 1.5 * -2 - 3, 1e-15);
  CHECK_NEAR(c[1], 4 * 3 + 1, 1e-15);
  CHECK_NEAR(program.objective(), v * v - 20, 1e-14);
}

TEST(maximisation) {
  const NlModel model = parse(file(1, 1, "C0\nv0\nO0 1\no16\no76\nv0\nd1\n0 2\nr\n4 1\nb\n3\n"));
  CHECK(model.maximise);
  CHECK_EQ(model.multipliers[0], 2.0);
  Program program(model.graph);
  program.moveTo(std::vector<double>{3});
  CHECK_EQ(program.objective(), 9.0);
}

TEST(fixedVariables) {
  const NlModel model = parse(file(
      3, 1, "C0\no2\nv0\no2\nv1\nv2\nO0 0\no5\nv1\nn3\nr\n4 6\nb\n3\n4 2\n0 1.5 1.5\nJ0 1\n1 10\nx3\n0 1\n1 5\n2 5\n"));
  CHECK_EQ(model.graph.variableCount(), 1);
  CHECK(model.modelVariable == (std::vector<int>{0, -1, -1}));
  CHECK_EQ(model.fixedValues[1], 2.0);
  CHECK_EQ(model.fixedValues[2], 1.5);
  CHECK(model.start == std::vector<double>{1});
  Program program(model.graph);
  CHECK_EQ(constraintsAt(program, {7})[0], 7 * 2 * 1.5 + 20 - 6);
  CHECK_EQ(program.objective(), 8.0);
  Program whole(model.whole.value());
  CHECK_EQ(constraintsAt(whole, {7, 3, 1.5})[0], 7 * 3 * 1.5 + 30 - 6);
  CHECK_EQ(whole.objective(), 27.0);
}

TEST(sidesAndBounds) {
  // Every code of a side, on rows and variables; what is beyond 1e19, contradictory, or of width zero.
  const std::string text = file(9, 7,
                                "C0\nv0\nC1\nv0\nC2\nv0\nC3\nv0\nC4\nv0\nC5\nv0\nC6\nv0\nO0 0\nv0\n"
                                "r\n0 -1 2.5\n1 3\n2 -4\n3\n4 5\n0 6 6\n0 2 1\n"
                                "b\n0 -1 2.5\n1 3\n2 -4\n3\n4 5\n0 6 6\n0 2 1\n0 -1e20 1e19\n0 -9e18 2e19\n"
                                "J0 1\n1 1\n");
  for (const std::string& form : {text, check::binaryNl(text)}) {
    const NlModel model = parse(form);
    CHECK(model.constraintLower == (Vector{-1, -infinite, -4, -infinite, 0, 0, 2}));
    CHECK(model.constraintUpper == (Vector{2.5, 3, infinite, infinite, 0, 0, 1}));
    CHECK(model.modelVariable == (std::vector<int>{0, 1, 2, 3, -1, -1, 4, 5, 6}));
    CHECK(model.variableLower == (Vector{-1, -infinite, -4, -infinite, 2, -infinite, -9e18}));
    CHECK(model.variableUpper == (Vector{2.5, 3, infinite, infinite, 1, infinite, infinite}));
    CHECK_EQ(model.fixedValues[4], 5.0);
    Program program(model.graph);
    // The body, minus the right-hand side where it is an equation.
    CHECK(constraintsAt(program, {7, 1, 0, 0, 0, 0, 0}) == (Vector{8, 7, 7, 7, 2, 1, 7}));
  }
}

TEST(suffixes) {
  const auto text = [](int sense) {
    return file(3, 1,
                "S0 2 priority\n0 2\n1 3\n"
                "S4 2 ipopt_zL_in\n0 2\n2 0.5\n"
                "S1 1 other\n0 9\n"
                "S4 3 ipopt_zU_in\n0 -0.25\n1 1\n2 -3\n"
                "S5 1 ipopt_zL_in\n0 9\n"
                "C0\nv0\nO0 " +
                    std::to_string(sense) + "\nv0\nr\n1 3\nb\n0 0 1\n4 3\n3\nd1\n0 7\n");
  };
  const NlModel model = parse(text(0));
  CHECK(model.multipliers == Vector{-7});
  CHECK(model.lowerMultipliers == (Vector{2, 0.5}));
  CHECK(model.upperMultipliers == (Vector{0.25, 3}));
  CHECK(model.notes == std::vector<std::string>{"the suffix priority is left out"});
  const NlModel maximised = parse(text(1));
  CHECK(maximised.multipliers == Vector{7});
  CHECK(maximised.lowerMultipliers == (Vector{0, 0}));
  CHECK(maximised.upperMultipliers == (Vector{0, 0}));
  // Binary files have the length of the name before it.
  std::string binary = check::binaryNl(file(1, 0, "O0 0\nv0\nb\n2 0\n"));
  const auto add = [&](const auto& value) { binary.append(reinterpret_cast<const char*>(&value), sizeof(value)); };
  binary += 'S';
  for (const std::int32_t number : {4, 1, 11}) add(number);
  binary += "ipopt_zL_in";
  add(std::int32_t{0});
  add(1.5);
  CHECK(parse(binary).lowerMultipliers == Vector{1.5});
  CHECK(parse(binary).upperMultipliers.empty());
}

/// A file of n variables without bounds, whose lines 5 and 7 have these counts.
std::string withIntegers(int n, const std::string& nonlinear, const std::string& discrete) {
  std::string segments = "O0 0\nv0\nb\n";
  for (int k = 0; k < n; ++k) segments += "3\n";
  std::string text = file(n, 0, segments);
  const std::string lines = " 0 0 0\n 0 0 0 1\n 0 0 0 0 0\n";
  return text.replace(text.find(lines), lines.size(), " " + nonlinear + "\n 0 0 0 1\n " + discrete + "\n");
}

TEST(integersByClass) {
  using Places = std::vector<int>;
  const auto integersOf = [](int n, const std::string& nonlinear, const std::string& discrete) {
    return parse(withIntegers(n, nonlinear, discrete)).integers;
  };
  CHECK(integersOf(4, "0 0 0", "0 0 0 0 0").empty());
  CHECK(integersOf(4, "0 0 0", "1 2 0 0 0") == (Places{1, 2, 3}));
  // Two variables in both, two in constraints only, two in objectives only, two linear ones: the second of each.
  CHECK(integersOf(8, "4 6 2", "1 0 1 1 1") == (Places{1, 3, 5, 7}));
  CHECK(integersOf(8, "4 6 2", "0 0 2 0 0") == (Places{0, 1}));
  // Where no variable is in objectives only, the second count is that of both.
  CHECK(integersOf(5, "4 2 2", "0 1 0 1 0") == (Places{3, 4}));
  CHECK(integersOf(3, "0 3 0", "0 0 0 0 2") == (Places{1, 2}));
  // Counts that do not fit together mark no place beyond the variables.
  CHECK(integersOf(2, "9 9 9", "2 2 2 2 2") == (Places{0, 1}));
  CHECK(integersOf(2, "-1 -1 -1", "0 0 1 1 1").empty());
  CHECK(integersOf(2, "2 2", "0 1") == (Places{1}));
}

TEST(integersThatAreFixed) {
  std::string text = withIntegers(4, "0 0 0", "0 3 0 0 0");
  text.replace(text.find("3\n3\n3\n3\n"), 8, "3\n4 2\n4 2.5\n0 0 7\n");
  const NlModel model = parse(text);
  CHECK(model.modelVariable == (std::vector<int>{0, -1, 1, 2}));
  CHECK(model.integers == (std::vector<int>{1, 2}));
  CHECK(model.variableUpper == (Vector{infinite, 2.5, 7}));
}

TEST(writtenIntegers) {
  // x1 and x3 are integers: x0, x2, x1, x3 in the file.
  Graph graph(4);
  const int x = graph.variables(0, 4);
  graph.minimize(graph.sum(graph.binary(Op::multiply, x, graph.constant(Vector{1, 2, 3, 4}))));
  graph.equalZero(graph.binary(Op::subtract, graph.variables(1, 1), graph.unary(Op::exp, graph.variables(2, 1))));
  const Vector start{10, 11, 12, 13}, lower{0, 1, 2, 3}, upper{5, 6, 7, 8}, multipliers{0.5, 0.25, 0, 0.125};
  const std::vector<int> integers{1, 3};
  const std::string text = nonconvex::nlText(
      graph, {.start = start, .lowerMultipliers = multipliers, .lower = lower, .upper = upper, .integers = integers});
  const NlModel read = parse(text);
  CHECK(read.integers == (std::vector<int>{2, 3}));
  CHECK(read.start == (Vector{10, 12, 11, 13}));
  CHECK(read.variableLower == (Vector{0, 2, 1, 3}));
  CHECK(read.variableUpper == (Vector{5, 7, 6, 8}));
  CHECK(read.lowerMultipliers == (Vector{0.5, 0, 0.25, 0.125}));
  Program program(read.graph);
  CHECK_EQ(constraintsAt(program, {1, 0, 5, 100}).front(), 4.0);
  CHECK_EQ(program.objective(), 1.0 + 0 * 3 + 5 * 2 + 100 * 4);
  Vector gradient(4);
  program.gradient(gradient);
  CHECK(gradient == (Vector{1, 3, 2, 4}));
  CHECK(check::contains(check::messageOf([&] { nonconvex::nlText(graph, {.integers = std::vector<int>{4}}); }),
                        "integers = 4: must be a variable"));
}

TEST(integers) {
  std::string text = file(3, 0, "O0 0\nv0\nb\n0 0 1\n0 0 1\n0 0 9\n");
  text.replace(text.find(" 0 0 0 0 0\n 0 0\n 0 0"), 10, " 2 1 0 0 0");
  CHECK(parse(text).integers == (std::vector<int>{0, 1, 2}));
  const NlModel model = nonconvex::parseNl(text, "test.nl", {.relaxIntegers = true});
  CHECK(model.variableUpper == (Vector{1, 1, 9}));
  CHECK(model.integers.empty());
  CHECK(model.notes == std::vector<std::string>{"3 integer variables are relaxed"});
}

TEST(objectives) {
  const std::string two = file(1, 0, "O0 0\nv0\nO1 1\no76\nv0\nb\n3\n");
  std::string text = two;
  text.replace(text.find(" 1 0 1 0 0"), 10, " 1 0 2 0 0");
  const auto value = [&](int objective) {
    const NlModel model = nonconvex::parseNl(text, "test.nl", {.objective = objective});
    Program program(model.graph);
    program.moveTo(std::vector<double>{3});
    return program.objective();
  };
  CHECK_EQ(value(1), 3.0);
  CHECK_EQ(value(2), -9.0);
  CHECK_EQ(value(0), 0.0);
  CHECK(check::contains(check::messageOf([&] { value(3); }), "objective = 3: must be 0 to 2"));
  const NlModel none =
      parse("g3 0 1 0\n 1 0 0 0 0\n 0 0\n 0 0\n 0 0 0\n 0 0 0 1\n 0 0 0 0 0\n 0 0\n 0 0\n 0 0 0 0 0\nb\n3\n");
  CHECK_EQ(none.graph.objective(), -1);
}

TEST(refused) {
  struct Case {
    std::string text, code, part;
  };
  const auto changed = [](std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::logic_error(from);
    return text.replace(at, from.size(), to);
  };
  const std::string good = file(2, 1, "C0\nv0\nO0 0\nv1\nr\n4 1\nb\n3\n3\nJ0 1\n0 2\n");
  parse(good);
  const std::string U = "UNSUPPORTED", I = "INVALID_FILE";
  const Case cases[] = {
      {changed(good, " 2 1 1 0 1", " 2 1 1 0 1 1"), U, "line 2: logical constraints"},
      {changed(good, " 1 1\n", " 1 1 1 0\n"), U, "line 3: complementarity conditions"},
      {changed(good, " 0 0 0 1\n", " 0 1 0 1\n"), U, "imported functions are not supported"},
      {changed(good, "4 1\n", "5 1 2\n"), U, "line 16: complementarity"},
      {changed(good, "4 1\n", "6 1\n"), I, "line 16: unknown kind '6' of right-hand side"},
      {changed(good, "4 1\n", "4 nan\n"), I, "line 16: expected a number, got NaN"},
      {changed(good, "4 1\n", "0 1\n"), I, "line 16: expected a number"},
      {changed(good, "3\n3\n", "3\n0 1 nan\n"), I, "line 19: expected a number, got NaN"},
      {changed(good, "3\n3\n", "3\n5 1 1\n"), I, "line 19: unknown kind '5' of bound"},
      {changed(good, "3\n3\n", "3\n3 1\n"), I, "line 19: unexpected '1'"},
      {changed(good, "C0\n", "S4 1 ipopt_zL_in\n2 1.5\nC0\n"), I, "line 12: variable 2 of 2"},
      {changed(good, "C0\n", "S4 1 ipopt_zL_in\n1 1.5\nS4 1 ipopt_zL_in\n1 1.5\nC0\n"), I,
       "line 14: a second suffix ipopt_zL_in"},
      {changed(good, "C0\n", "S4 1000000 ipopt_zL_in\nC0\n"), I, "line 11: 1000000 suffix values, with"},
      {changed(good, "C0\nv0\n", "C0\no13\nv0\n"), U, "line 12: operator o13 (floor)"},
      {changed(good, "C0\nv0\n", "C0\no65\no23\nv0\nn1\nv0\nv1\n"), U, "line 12: operator o65 (if) is not supported"},
      {changed(good, "C0\nv0\n", "C0\no72\no23\nv0\nn1\nn1\nn0\n"), U, "line 12: operator o72 (implies)"},
      {changed(good, "C0\nv0\n", "C0\no64\nv0\n"), U, "operator o64 (piecewise linear terms)"},
      {changed(good, "C0\nv0\n", "C0\nf0 1\nv0\n"), U, "line 12: imported functions"},
      {changed(good, "C0\n", "F0 1 1 myerf\nC0\n"), U, "line 11: the imported function 'myerf' is not supported"},
      {changed(good, "C0\n", "L0\nC0\n"), U, "line 11: logical constraints"},
      {changed(good, "C0\nv0\n", "C0\nv2\n"), I, "line 12: variable 2 of 2"},
      {changed(good, "C0\nv0\n", "C0\nv-1\n"), I, "line 12: variable -1 of 2"},
      {changed(good, "C0\n", "C1\n"), I, "line 11: constraint 1 of 1"},
      {changed(good, "C0\nv0\n", "C0\no99\nv0\n"), I, "line 12: unknown operator o99"},
      {changed(good, "C0\nv0\n", "C0\nq0\n"), I, "line 12: unknown expression 'q'"},
      {changed(good, "C0\nv0\n", "C0\nv0 1\n"), I, "line 12: unexpected '1'"},
      {changed(good, "C0\nv0\n", "C0\nnx\n"), I, "line 12: expected a number"},
      {changed(good, "C0\nv0\n", ""), I, "without the body of constraint 0"},
      {changed(good, "O0 0\nv1\n", ""), I, "without objective 0"},
      {changed(good, "O0 0\nv1\n", "O0 0\nv1\nO0 0\nv1\n"), I, "a second objective 0"},
      {changed(good, "C0\nv0\n", "C0\nv0\nC0\nv0\n"), I, "a second body of constraint 0"},
      {changed(good, "r\n4 1\n", ""), I, "without its r segment"},
      {changed(good, "b\n3\n3\n", ""), I, "without its b segment"},
      {changed(good, "J0 1\n0 2\n", "J0 1\n0 2\nJ0 1\n0 2\n"), I, "a second linear part of constraint 0"},
      {changed(good, "J0 1\n", "J0 1000000000\n"), I, "1000000000 linear terms, with"},
      {changed(good, "C0\nv0\n", "C0\no54\n2000000000\nv0\n"), I, "2000000000 operands, with"},
      {changed(good, " 2 1 1 0 1", " 2000000000 1 1 0 1"), I, "line 2: 2000000000 variables in a file of"},
      {changed(good, " 2 1 1 0 1", " 2 2000000000 1 0 1"), I, "line 2: 2000000000 constraints in a file of"},
      {changed(good, " 2 1 1 0 1", " 2 1 -1 0 1"), I, "line 2: -1 objectives"},
      {changed(good, " 0 0 0 0 0\nC0", " 2000000000 0 0 0 0\nC0"), I, "line 10: 2000000000 common subexpressions"},
      {changed(good, "g3", "x3"), I, "line 1: not an AMPL .nl file"},
      {changed(good, "g3 1 1 0", "g99"), I, "line 1: 99 options"},
      {"", I, "line 1: the file ends too early"},
      {file(1, 0, "V2 0 0\nn1\nO0 0\nv1\nb\n3\n", "1 0 0 0 0"), I,
       "line 11: common subexpression 2, which should be 1 to 1"},
      {file(1, 0, "O0 0\nv1\nV1 0 0\nn1\nb\n3\n", "1 0 0 0 0"), I, "line 12: variable 1 is used before its V segment"},
  };
  for (const Case& test : cases) {
    const Failure found = failure(test.text);
    check::note(found.code == test.code && check::contains(found.message, test.part), "refused", 0,
                test.part + ": " + found.code + " " + found.message);
  }
  // Of binary files, the byte.
  std::string binary = check::binaryNl(good);
  binary.replace(binary.find('C'), 1, "Q");
  CHECK(check::contains(failure(binary).message,
                        "test.nl, byte " + std::to_string(binary.find('Q')) + ": unknown segment 'Q'"));
  std::string swapped = check::binaryNl(good);
  swapped.replace(swapped.find(" 0 0 1 1"), 8, " 0 0 2 1");
  CHECK(check::contains(failure(swapped).message, "bytes swapped"));
}

TEST(deepExpressions) {
  // The negation of a negation of ..., and a sum of a sum of ...: no recursion that a file could make too deep.
  const int depth = 2 * check::repetitions(check::longRun() ? 100000 : 30000) + 1;
  std::string negations, sums;
  for (int k = 0; k < depth; ++k) negations += "o16\n";
  for (int k = 0; k < depth; ++k) sums += "o0\nn1\n";
  CHECK_EQ(objectiveAt(unconstrained(negations + "v0\n"), {3, 0}), -3.0);
  CHECK_EQ(objectiveAt(unconstrained(sums + "v0\n"), {3, 0}), depth + 3.0);
  std::string sines;
  for (int k = 0; k < depth; ++k) sines += "o41\n";
  CHECK_EQ(objectiveAt(unconstrained(sines + "v0\n"), {0, 0}), 0.0);
}

TEST(deepConditions) {
  const auto nested = [](int depth, const std::string& before, const std::string& last, const std::string& after) {
    std::string text;
    for (int k = 0; k < depth; ++k) text += before;
    text += last;
    for (int k = 0; k < depth; ++k) text += after;
    return unconstrained(text);
  };
  // not not ... (x0 < 1), which is written again, too.
  const int depth = 2 * check::repetitions(check::longRun() ? 100000 : 30000) + 1;
  const std::string nots = nested(depth, "o34\n", "o22\nv0\nn1\n", "");
  const std::string text = "o35\n" + nots.substr(nots.find("O0 0\n") + 5, nots.find("b\n") - nots.find("O0 0\n") - 5);
  const std::string selects = unconstrained(text + "v0\nv1\n");
  CHECK_EQ(objectiveAt(selects, {3, 4}), 3.0);
  CHECK_EQ(objectiveAt(selects, {0, 4}), 4.0);
  CHECK_EQ(objectiveAt(nonconvex::nlText(parse(selects).graph), {3, 4}), 3.0);
  // if x0 < 1 then log(x1) else (if x0 < 1 then log(x1) else ...)
  const auto chain = [&](int levels) { return nested(levels, "o35\no22\nv0\nn1\no43\nv1\n", "o43\nv0\n", ""); };
  CHECK_NEAR(objectiveAt(chain(100), {3, -1}), std::log(3), 1e-15);
  CHECK_NEAR(objectiveAt(chain(100), {0.5, 2}), std::log(2), 1e-15);
  CHECK_NEAR(objectiveAt(chain(check::repetitions(check::longRun() ? 10000 : 1500)), {3, -1}), std::log(3), 1e-15);
  // A subexpression of 2000 logarithms in 2000 branches.
  std::string sum = "o54\n2000\n", shared = "o54\n2000\n";
  for (int k = 0; k < 2000; ++k) sum += "o43\nv0\n";
  for (int k = 0; k < 2000; ++k) shared += "o35\no22\nv0\nn" + std::to_string(k) + "\nv2\nn0\n";
  const std::string large = file(2, 0, "V2 0 0\n" + sum + "O0 0\n" + shared + "b\n3\n3\n", "1 0 0 0 0");
  CHECK(check::contains(failure(large).message, "so many operators inside of `if` are not supported"));
}

TEST(everyPrefixIsRefused) {
  const auto files = check::nlFiles();
  for (const auto& path : files) {
    const std::string name = path.stem().string();
    if (name != "hs100lnp" && name != "hatfldg" && name != "wall") continue;
    const std::string text = check::contentOf(path);
    for (const std::string& whole : {text, check::binaryNl(text)}) {
      const int prefixes = check::repetitions(static_cast<int>(whole.size()));
      const std::size_t step = whole.size() / static_cast<std::size_t>(prefixes);
      for (std::size_t size = 0; size < whole.size(); size += step) {
        const std::string code = failure(whole.substr(0, size)).code;
        check::note(code == "INVALID_FILE", name.c_str(), static_cast<int>(size), "a prefix was taken: " + code);
      }
    }
  }
}

namespace {

/// f, c and their derivatives, densely.
struct Values {
  double f;
  std::vector<double> g, c, J, H;
};

Values valuesOf(Program& program, const std::vector<double>& x, const std::vector<double>& lambda) {
  const std::size_t n = x.size();
  const std::size_t m = lambda.size();
  Values out{0, std::vector<double>(n), std::vector<double>(m), {}, {}};
  program.moveTo(x);
  out.f = program.objective();
  program.gradient(out.g);
  program.constraintValues(out.c);
  std::vector<double> e(n, 0), column(m), Hv(n);
  for (std::size_t j = 0; j < n; ++j) {
    e[j] = 1;
    program.jacobianProduct(e, column);
    program.hessianProduct(0.7, lambda, e, Hv);
    out.J.insert(out.J.end(), column.begin(), column.end());
    out.H.insert(out.H.end(), Hv.begin(), Hv.end());
    e[j] = 0;
  }
  return out;
}

}  // namespace

TEST(theBranchThatIsNotTakenDoesNoHarm) {
  // v2, used in one branch alone, is not finite where x0 <= 0; nor are, where x0 > 0, the terms of the other branch.
  const std::string segments =
      "V2 1 0\n1 2\no43\nv0\n"
      "C0\no35\no29\nv0\nn0\no0\no2\nv2\nv2\no54\n7\no39\nv0\no3\nv1\nv0\no5\nv0\nv1\no44\no2\nn-1000\nv0\n"
      "o42\nv0\no51\nv0\no5\nv0\nn1.5\n"
      "o2\nv1\no39\no16\nv0\n"
      "O0 0\no35\no23\nv0\nn0\no35\no22\nv0\nn-1\no43\no1\nn-1\nv0\no5\nv0\nn2\no43\nv0\n"
      "r\n4 0\nb\n3\n3\n";
  const NlModel model = parse(file(2, 1, segments, "1 0 0 0 0"));
  const std::string text = nonconvex::nlText(model.graph);
  Program program(model.graph), again(parse(text).graph);
  const auto check = [&](const Vector& x, const Values& expected) {
    for (Program* one : {&program, &again}) {
      const Values found = valuesOf(*one, x, {1.0});
      check::note(close(found.f, expected.f) && close(found.c[0], expected.c[0]), "branch", 0, "values");
      const auto same = [](const Vector& p, const Vector& q) {
        for (std::size_t k = 0; k < p.size(); ++k) {
          if (!(std::abs(p[k] - q[k]) <= 1e-12 * check::largest(q))) return false;
        }
        return true;
      };
      check::note(same(found.g, expected.g) && same(found.J, expected.J) && same(found.H, expected.H), "branch", 0,
                  "derivatives");
    }
  };
  // The Hessian is that of 0.7 f + c.
  const double a = 0.25, b = 1.5, l = std::log(a), v = l + 2 * b, p = std::pow(a, b), e = std::exp(-1000 * a);
  check({a, b},
        {l,
         {1 / a, 0},
         {v * v + std::sqrt(a) + b / a + p + e + std::log10(a) + std::asin(a) + std::pow(a, 1.5)},
         {2 * v / a + 0.5 / std::sqrt(a) - b / (a * a) + b * p / a - 1000 * e + 1 / (a * std::log(10.0)) +
              1 / std::sqrt(1 - a * a) + 1.5 * std::sqrt(a),
          4 * v + 1 / a + l * p},
         {-0.7 / (a * a) + 2 * (1 - v) / (a * a) - 0.25 * std::pow(a, -1.5) + 2 * b / (a * a * a) +
              b * (b - 1) * p / (a * a) + 1e6 * e - 1 / (a * a * std::log(10.0)) + a * std::pow(1 - a * a, -1.5) +
              0.75 / std::sqrt(a),
          4 / a - 1 / (a * a) + p / a + b * l * p / a, 4 / a - 1 / (a * a) + p / a + b * l * p / a, 8 + l * l * p}});
  const double s = std::sqrt(0.5);
  check({-0.5, 3}, {0.25, {-1, 0}, {3 * s}, {-1.5 / s, s}, {1.4 - 0.75 / (s * s * s), -0.5 / s, -0.5 / s, 0}});
  const double t = std::sqrt(2.0);
  check({-2, 3}, {0, {-1, 0}, {3 * t}, {-1.5 / t, t}, {-0.7 - 0.75 / (t * t * t), -0.5 / t, -0.5 / t, 0}});
}

TEST(writtenAndReadBack) {
  for (int seed = 0; seed < check::repetitions(500); ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(600000 + seed));
    const Graph graph = check::RandomGraph(random, {.mostVariables = 8, .mostNodes = 20, .kinks = seed % 4 == 0}).graph;
    const auto n = static_cast<std::size_t>(graph.variableCount());
    const auto m = static_cast<std::size_t>(graph.constraintCount());
    const std::vector<double> start = uniform(random, n), multipliers = uniform(random, m);
    const std::string text = nonconvex::nlText(graph, {.start = start, .multipliers = multipliers});
    const NlModel model = parse(text);
    check::note(model.start == start && model.multipliers == multipliers, "random graph", seed, "start");
    Program before(graph), after(model.graph);
    check::NlText plain(text);
    for (int trial = 0; trial < 2; ++trial) {
      const std::vector<double> x = uniform(random, n), lambda = uniform(random, m);
      const Values a = valuesOf(before, x, lambda), b = valuesOf(after, x, lambda);
      const auto same = [](const std::vector<double>& p, const std::vector<double>& q) {
        const double scale = check::largest(p);
        for (std::size_t k = 0; k < p.size(); ++k) {
          if (!check::close(p[k], q[k], scale, 1e-9)) return false;
        }
        return p.size() == q.size();
      };
      check::note(check::close(a.f, b.f, std::abs(a.f), 1e-11), "random graph", seed, "f");
      check::note(check::close(a.f, plain.objective(x), std::abs(a.f), 1e-11), "random graph", seed, "f, interpreted");
      check::note(same(a.c, b.c), "random graph", seed, "c");
      check::note(same(a.c, plain.constraints(x)), "random graph", seed, "c, interpreted");
      check::note(same(a.g, b.g) && same(a.J, b.J) && same(a.H, b.H), "random graph", seed, "derivatives");
    }
  }
}

TEST(writtenSides) {
  Graph graph(6);
  const int x = graph.variables(0, 6);
  graph.minimize(graph.unary(Op::negate, graph.norm2Squared(x, 6)));
  graph.equalZero(x);
  const double oo = infinite;
  const Vector start = {1, 2, 3, 4, 5, 6}, y = {1, -1, 0, 2, 3, 0}, zL = {0, 2, 0, 0, 0.5, 0}, zU = {3, 0, 0, 0, 1, 0};
  const Vector l = {-oo, -1, -oo, -1, -3, 2}, u = {oo, oo, 1, 1, -2, 1}, cl = {2, -1, -oo, -1, 0, -oo},
               cu = {2, oo, 1, 1, 0, oo};
  for (const bool maximise : {false, true}) {
    const std::string text = nonconvex::nlText(graph, {.start = start,
                                                       .multipliers = y,
                                                       .lowerMultipliers = zL,
                                                       .upperMultipliers = zU,
                                                       .lower = l,
                                                       .upper = u,
                                                       .constraintLower = cl,
                                                       .constraintUpper = cu,
                                                       .maximise = maximise});
    CHECK(check::contains(text, "\n 6 6 1 1 2\t# vars, constraints, objectives, ranges, eqns\n"));
    CHECK(check::contains(text, "\nr\n4 2\n2 -1\n1 1\n0 -1 1\n4 0\n3\nb\n3\n2 -1\n1 1\n0 -1 1\n0 -3 -2\n0 2 1\n"));
    CHECK(check::contains(text, maximise ? "\nO0 1\n" : "\nO0 0\n"));
    const NlModel model = parse(text);
    CHECK_EQ(model.maximise, maximise);
    CHECK(model.start == start && model.multipliers == y);
    CHECK(model.lowerMultipliers == zL && model.upperMultipliers == zU);
    CHECK(model.variableLower == l && model.variableUpper == u);
    Program program(model.graph);
    // The first row has become an equation with its right-hand side in c.
    CHECK(constraintsAt(program, start) == (Vector{-1, 2, 3, 4, 5, 6}));
    CHECK(model.constraintLower == (Vector{0, -1, -oo, -1, 0, -oo}));
    CHECK(model.constraintUpper == (Vector{0, oo, 1, 1, 0, oo}));
    CHECK_EQ(program.objective(), -91.0);
    CHECK_EQ(check::NlText(text).objective(start), maximise ? 91.0 : -91.0);
  }
  // No objective is none, and one variable has a k segment as well: AMPL's library asks for it.
  Graph feasible(1);
  feasible.equalZero(feasible.unary(Op::exp, feasible.variables(0, 1)));
  const std::string text = nonconvex::nlText(feasible, {.constraintLower = Vector{1}, .constraintUpper = Vector{oo}});
  CHECK(check::contains(text, "\n 1 1 0 0 0\t") && check::contains(text, "\nk0\n"));
  CHECK_EQ(parse(text).graph.objective(), -1);
}

TEST(whatDoesNotDependOnVariablesIsWrittenAsANumber) {
  // AMPL folds constants, and its library takes an operator on numbers for one on variables.
  Graph graph(1);
  const int x = graph.variables(0, 1), three = graph.constant(3.0);
  const int e = graph.unary(Op::exp, graph.unary(Op::log, three));
  graph.minimize(graph.binary(Op::multiply, graph.unary(Op::sin, e), graph.unary(Op::sin, x)));
  graph.equalZero(graph.concatenate(std::vector<int>{graph.unary(Op::cos, e), graph.unary(Op::cos, x)}));
  const std::string text = nonconvex::nlText(graph);
  CHECK(!check::contains(text, "o44\n") && !check::contains(text, "V1 "));
  check::NlText plain(text);
  CHECK_NEAR(plain.objective({0.5}), std::sin(3.0) * std::sin(0.5), 1e-15);
  CHECK_NEAR(plain.constraints({0.5})[0], std::cos(3.0), 1e-15);
}

TEST(writtenFiles) {
  Graph graph(2, {2.0});
  const int x = graph.variables(0, 2);
  graph.minimize(graph.binary(Op::multiply, graph.parameters(0, 1), graph.norm2Squared(x, 2)));
  graph.equalZero(graph.sum(x));
  const auto folder = std::filesystem::temp_directory_path() / "nonconvex-test-model-nl";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "small.nl").string();
  nonconvex::writeNl(path, graph, {}, std::vector<std::string>{"a", "b"}, std::vector<std::string>{"sum"});
  const NlModel model = nonconvex::readNl(path);
  CHECK(model.variableNames == (std::vector<std::string>{"a", "b"}));
  CHECK(model.constraintNames == std::vector<std::string>{"sum"});
  CHECK(model.start == (std::vector<double>{0, 0}));
  std::filesystem::remove_all(folder);
  CHECK(check::contains(check::messageOf([&] { nonconvex::writeNl(path, graph); }), "cannot write"));
  CHECK(check::contains(check::messageOf([&] { nonconvex::readNl(path); }), "cannot open"));
  CHECK(check::contains(check::messageOf([&] { nonconvex::nlText(graph, {.start = std::vector<double>{1}}); }),
                        "start.length = 1: must be 2"));
}
