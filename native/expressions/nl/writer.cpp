#include "expressions/nl/writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/index.hpp"
#include "expressions/nl/conditional.hpp"
#include "expressions/plan.hpp"
#include "expressions/program.hpp"

namespace nonconvex {

namespace {

bool isComparison(const Formulas::Node& node) {
  return node.op == static_cast<std::int32_t>(Op::less) || node.op == static_cast<std::int32_t>(Op::lessEqual);
}

/// The variables in the order in which a file has them: the integer ones come last.
std::vector<int> fileOrder(int variables, std::span<const int> integers) {
  std::vector<char> integer(at(variables), 0);
  for (const int j : integers) integer[at(j)] = 1;
  std::vector<int> order(at(variables));
  std::iota(order.begin(), order.end(), 0);
  std::stable_partition(order.begin(), order.end(), [&](int j) { return integer[at(j)] == 0; });
  return order;
}

/// Writes the stages' values as common subexpressions, and f and c as sums of these.
class Writer {
 public:
  Writer(const Graph& graph, const NlData& data)
      : plan_(planOf(graph)), program_(graph), data_(data), hasObjective_(graph.objective() >= 0) {
    stageOf_.assign(plan_.values.size(), -1);
    for (std::size_t s = 0; s < plan_.stages.size(); ++s) {
      const Stage& stage = plan_.stages[s];
      std::fill_n(stageOf_.begin() + stage.output, stage.size, static_cast<int>(s));
    }
    findNumbers();
    order_ = fileOrder(plan_.variables, data.integers);
    place_.resize(order_.size());
    for (std::size_t k = 0; k < order_.size(); ++k) place_[at(order_[k])] = static_cast<int>(k);
  }

  std::string write() {
    chooseDefined();
    header();
    definitions();
    for (int i = 0; i < plan_.constraints; ++i) {
      line("C" + std::to_string(i));
      row(plan_.constraintRows, i, false);
    }
    if (hasObjective_) {
      line(data_.maximise ? "O0 1" : "O0 0");
      row(objective(), 0, false);
    }
    // AMPL's duals are derivatives of the file's objective by the sides.
    const double sign = data_.maximise ? -1 : 1;
    startValues("d", data_.multipliers, -sign);
    startValues("x", inFileOrder(data_.start), 1);
    suffix("ipopt_zL_in", inFileOrder(data_.lowerMultipliers), sign);
    suffix("ipopt_zU_in", inFileOrder(data_.upperMultipliers), -sign);
    sides('r', plan_.constraints, data_.constraintLower, data_.constraintUpper, 0);
    sides('b', plan_.variables, inFileOrder(data_.lower), inFileOrder(data_.upper), HUGE_VAL);
    linearParts();
    return std::move(out_);
  }

 private:
  struct KernelRow {
    const KernelStage& kernel;
    int r;
    std::vector<double> numbers;  // see numbersOf
  };

  void line(const std::string& text) {
    out_ += text;
    out_ += '\n';
  }
  void append(double value) {
    std::array<char, 64> text;
    out_.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
  }
  void number(double value) {
    out_ += 'n';
    append(value);
    out_ += '\n';
  }
  void oper(int code) { line("o" + std::to_string(code)); }

  void findNumbers();
  void chooseDefined();
  void header();
  void definitions();
  template <class F>
  void forEachInput(const Stage& stage, int r, F&& f) const;
  bool mayBeSum(const Stage& stage) const;
  template <class F>
  void asQuotient(bool wanted, F&& write);
  void value(int position);  // writes the value as an operand
  void body(int position);   // writes the formula of a stage's value
  void row(const LinearRows& rows, int i, bool whole);
  std::vector<double> numbersOf(const KernelStage& kernel, int r) const;
  KernelRow kernelRow(int position) const;
  bool isCondition(const Stage& stage) const;
  void condition(const KernelRow& row, int node);
  void formula(const KernelRow& row, int node);
  void startValues(const char* key, std::span<const double> values, double sign);
  void suffix(const char* name, std::span<const double> values, double sign);
  void sides(char key, int count, std::span<const double> lower, std::span<const double> upper, double missing);
  void linearParts();
  std::vector<double> inFileOrder(std::span<const double> values) const;
  LinearRows objective() const;
  std::vector<char> objectiveVariables() const;

  /// Returns true if a value is a number: it does not depend on x.
  bool isNumber(int position) const { return !active_[at(position)]; }
  const Stage& stageAt(int position) const { return plan_.stages[at(stageOf_[at(position)])]; }

  Plan plan_;
  Program program_;
  const NlData& data_;
  bool hasObjective_;
  std::vector<char> active_;    // true for each value that depends on x
  std::vector<double> values_;  // numbers of the values that do not depend on x
  std::vector<int> order_;      // the variable at each place of the file
  std::vector<int> place_;      // the place of each variable in the file
  std::vector<int> stageOf_;    // the stage of each value
  std::vector<int> defined_;    // number of each value's common subexpression; -1: none
  int definedCount_ = 0;
  std::string out_;
};

/// Calls f(value) for all that one value of a stage is computed from.
template <class F>
void Writer::forEachInput(const Stage& stage, int r, F&& f) const {
  switch (stage.kind) {
    case Stage::Kind::kernel:
      for (const IndexMap& map : plan_.kernels[at(stage.index)].inputs) f(map.at(r));
      return;
    case Stage::Kind::linear: {
      const LinearRows& rows = plan_.linear[at(stage.index)];
      for (int k = rows.offsets[at(r)]; k < rows.offsets[at(r) + 1]; ++k) f(rows.indices[at(k)]);
      return;
    }
    case Stage::Kind::dense: {
      const DenseStage& dense = plan_.dense[at(stage.index)];
      for (int j = 0; j < dense.rowSize(); ++j) f(dense.input.at(dense.first(r) + j));
      return;
    }
    case Stage::Kind::maximum: {
      const MaximumStage& maximum = plan_.maxima[at(stage.index)];
      for (int k = 0; k < maximum.group; ++k) f(maximum.input.at(r * maximum.group + k));
    }
  }
}

/// Finds the values that do not depend on x: they are written as numbers, as AMPL does.
void Writer::findNumbers() {
  active_.assign(plan_.values.size(), 0);
  std::fill_n(active_.begin(), plan_.variables, static_cast<char>(1));
  for (const Stage& stage : plan_.stages) {
    for (int r = 0; r < stage.size; ++r) {
      char& active = active_[at(stage.output + r)];
      forEachInput(stage, r, [&](int value) { active |= active_[at(value)]; });
    }
  }
  program_.moveTo(std::vector<double>(at(plan_.variables), 0));
  const std::span<const double> values = program_.values();
  values_.assign(values.begin(), values.end());
}

/// A kernel's value that only one row of f or c uses, and a condition, stays where it is used; every other stage's
/// value gets a name.
void Writer::chooseDefined() {
  std::vector<int> users(plan_.values.size(), 0);
  for (const LinearRows* rows : {&plan_.objective, &plan_.constraintRows}) {
    for (const int value : rows->indices) ++users[at(value)];
  }
  for (const Stage& stage : plan_.stages) {
    for (int r = 0; r < stage.size; ++r) forEachInput(stage, r, [&](int value) { users[at(value)] = 2; });
  }
  defined_.assign(plan_.values.size(), -1);
  std::vector<int> depth(plan_.values.size(), 0);  // depth of the conditions that are written where they are used
  constexpr int deepest = 8;
  for (const Stage& stage : plan_.stages) {
    for (int r = 0; r < stage.size; ++r) {
      const int value = stage.output + r;
      bool named = stage.kind != Stage::Kind::kernel || users[at(value)] > 1;
      if (isCondition(stage)) {
        forEachInput(stage, r, [&](int input) { depth[at(value)] = std::max(depth[at(value)], depth[at(input)] + 1); });
        named = depth[at(value)] > deepest;
        if (named) depth[at(value)] = 0;
      }
      if (named && !isNumber(value)) defined_[at(value)] = definedCount_++;
    }
  }
}

std::vector<char> Writer::objectiveVariables() const {
  std::vector<char> used(plan_.values.size(), 0);
  for (const int value : plan_.objective.indices) used[at(value)] = 1;
  for (std::size_t s = plan_.stages.size(); s-- > 0;) {
    const Stage& stage = plan_.stages[s];
    for (int r = 0; r < stage.size; ++r) {
      if (used[at(stage.output + r)]) forEachInput(stage, r, [&](int value) { used[at(value)] = 1; });
    }
  }
  used.resize(at(plan_.variables));
  return used;
}

/// The row of the objective that is written.
LinearRows Writer::objective() const {
  LinearRows rows = plan_.objective;
  if (!data_.maximise) return rows;
  for (double& coefficient : rows.coefficients) coefficient = -coefficient;
  for (double& constant : rows.constants) constant = -constant;
  return rows;
}

void Writer::header() {
  const std::vector<char> inObjective = objectiveVariables();
  const auto gradient = std::count(inObjective.begin(), inObjective.end(), 1);
  const std::string n = std::to_string(plan_.variables);
  const std::string m = std::to_string(plan_.constraints);
  const std::string objectives = hasObjective_ ? "1" : "0";
  int ranges = 0, equations = 0;
  for (int i = 0; i < plan_.constraints; ++i) {
    const double lower = data_.constraintLower.empty() ? 0 : data_.constraintLower[at(i)];
    const double upper = data_.constraintUpper.empty() ? 0 : data_.constraintUpper[at(i)];
    if (lower == upper) {
      ++equations;
    } else if (std::isfinite(lower) && std::isfinite(upper)) {
      ++ranges;
    }
  }
  line("g3 1 1 0\t# problem nonconvex");
  line(" " + n + " " + m + " " + objectives + " " + std::to_string(ranges) + " " + std::to_string(equations) +
       "\t# vars, constraints, objectives, ranges, eqns");
  // Nonlinear ones come first in a .nl file; called nonlinear throughout, they keep their order.
  line(" " + m + " " + objectives + "\t# nonlinear constraints, objectives");
  line(" 0 0\t# network constraints: nonlinear, linear");
  line(" " + n + " " + n + " " + n + "\t# nonlinear vars in constraints, objectives, both");
  line(" 0 0 0 1\t# linear network variables; functions; arith, flags");
  line(" 0 0 " + std::to_string(data_.integers.size()) +
       " 0 0\t# discrete variables: binary, integer, nonlinear (b,c,o)");
  line(" " + std::to_string(program_.jacobianPattern().nonzeros()) + " " + std::to_string(gradient) +
       "\t# nonzeros in Jacobian, gradients");
  line(" 0 0\t# max name lengths: constraints, variables");
  line(" " + std::to_string(definedCount_) + " 0 0 0 0\t# common exprs: b,c,o,c1,o1");
}

/// Writes an expression as a quotient by 1 where that is wanted, for AMPL's library of 2019, which Debian's Ipopt has.
/// It loses derivatives of a sum or a multiple of common subexpressions that one row takes linearly and another one
/// does not, and second derivatives of a maximum of variables; a quotient is neither a sum nor a variable to it.
template <class F>
void Writer::asQuotient(bool wanted, F&& write) {
  constexpr int divide = 3;
  if (wanted) oper(divide);
  write();
  if (wanted) number(1);
}

/// Returns true if a stage's values may be sums, or multiples, of others.
bool Writer::mayBeSum(const Stage& stage) const {
  if (stage.kind != Stage::Kind::kernel) return stage.kind != Stage::Kind::maximum;
  const KernelStage& kernel = plan_.kernels[at(stage.index)];
  const Op op = static_cast<Op>(kernel.formulas.node(kernel.formula).op);
  return op == Op::add || op == Op::subtract || op == Op::negate || op == Op::multiply;
}

/// Writes each with `V number, linear terms, 0`: the 0 says that any row may use it.
void Writer::definitions() {
  for (const Stage& stage : plan_.stages) {
    for (int r = 0; r < stage.size; ++r) {
      const int position = stage.output + r;
      if (defined_[at(position)] < 0) continue;
      line("V" + std::to_string(plan_.variables + defined_[at(position)]) + " 0 0");
      bool takesDefined = false;
      forEachInput(stage, r, [&](int value) { takesDefined = takesDefined || defined_[at(value)] >= 0; });
      asQuotient(takesDefined && mayBeSum(stage), [&] { body(position); });
    }
  }
}

void Writer::value(int position) {
  if (position < plan_.variables) {
    line("v" + std::to_string(place_[at(position)]));
  } else if (isNumber(position)) {
    number(values_[at(position)]);
  } else if (defined_[at(position)] >= 0) {
    line("v" + std::to_string(plan_.variables + defined_[at(position)]));
  } else {
    body(position);
  }
}

void Writer::body(int position) {
  const Stage& stage = stageAt(position);
  const int r = position - stage.output;
  switch (stage.kind) {
    case Stage::Kind::kernel: {
      const KernelRow row = kernelRow(position);
      formula(row, row.kernel.formula);
      return;
    }
    case Stage::Kind::linear:
      row(plan_.linear[at(stage.index)], r, true);
      return;
    case Stage::Kind::dense: {
      const DenseStage& dense = plan_.dense[at(stage.index)];
      const int width = dense.rowSize();
      LinearRows one;
      for (int j = 0; j < width; ++j) {
        one.indices.push_back(dense.input.at(dense.first(r) + j));
        one.coefficients.push_back(dense.coefficient(r, j));
      }
      one.offsets.push_back(width);
      one.constants.push_back(0);
      row(one, 0, true);
      return;
    }
    case Stage::Kind::maximum: {
      const MaximumStage& maximum = plan_.maxima[at(stage.index)];
      oper(12);
      line(std::to_string(maximum.group));
      for (int k = 0; k < maximum.group; ++k) {
        asQuotient(true, [&] { value(maximum.input.at(r * maximum.group + k)); });
      }
    }
  }
}

/// A row as a sum; of a constraint or the objective without the terms that are linear in x, which follow elsewhere.
void Writer::row(const LinearRows& rows, int i, bool whole) {
  double constant = rows.constants[at(i)];
  std::vector<int> terms;
  for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
    const int position = rows.indices[at(k)];
    if (isNumber(position)) {
      constant += rows.coefficients[at(k)] * values_[at(position)];
    } else if (whole || position >= plan_.variables) {
      terms.push_back(k);
    }
  }
  const std::size_t count = terms.size() + (constant != 0 ? 1 : 0);
  if (count == 0) return number(0);
  if (count == 2) oper(0);
  if (count > 2) {
    oper(54);
    line(std::to_string(count));
  }
  for (const int k : terms) {
    if (rows.coefficients[at(k)] != 1) {
      oper(2);
      number(rows.coefficients[at(k)]);
    }
    value(rows.indices[at(k)]);
  }
  if (constant != 0) number(constant);
}

/// The parts of a kernel's row that do not depend on x; NaN: they do.
std::vector<double> Writer::numbersOf(const KernelStage& kernel, int r) const {
  std::vector<double> numbers;
  for (int k = 0; k <= kernel.formula; ++k) {
    const Formulas::Node& node = kernel.formulas.node(k);
    double value = std::numeric_limits<double>::quiet_NaN();
    if (node.op == static_cast<std::int32_t>(ScalarOp::constant)) {
      value = node.value;
    } else if (node.op == static_cast<std::int32_t>(ScalarOp::input)) {
      const int position = kernel.inputs[at(node.a)].at(r);
      if (isNumber(position)) value = values_[at(position)];
    } else {
      const double a = numbers[at(node.a)], b = node.b < 0 ? 0 : numbers[at(node.b)];
      if (!std::isnan(a) && !std::isnan(b)) value = applyScalar(node.op, a, b);
    }
    numbers.push_back(value);
  }
  return numbers;
}

/// A row of the kernel that computes a value.
Writer::KernelRow Writer::kernelRow(int position) const {
  const Stage& stage = stageAt(position);
  const KernelStage& kernel = plan_.kernels[at(stage.index)];
  return {kernel, position - stage.output, numbersOf(kernel, position - stage.output)};
}

/// Returns true if a stage's values are conditions, which are written where they are used: AMPL's library has no
/// derivatives of what depends on one that has a name.
bool Writer::isCondition(const Stage& stage) const {
  if (stage.kind != Stage::Kind::kernel) return false;
  const KernelStage& kernel = plan_.kernels[at(stage.index)];
  return isComparison(kernel.formulas.node(kernel.formula));
}

/// Writes part k of a kernel's row as a condition.
void Writer::condition(const KernelRow& row, int k) {
  constexpr int notCode = 34, unequal = 30, lessCode = 22, lessEqualCode = 23;
  const Formulas::Node& node = row.kernel.formulas.node(k);
  if (node.op == static_cast<std::int32_t>(ScalarOp::input)) {
    const int position = row.kernel.inputs[at(node.a)].at(row.r);
    const bool computed = !isNumber(position) && position >= plan_.variables && defined_[at(position)] < 0;
    if (computed && isCondition(stageAt(position))) {
      const KernelRow other = kernelRow(position);
      return condition(other, other.kernel.formula);
    }
  } else if (isComparison(node) && std::isnan(row.numbers[at(k)])) {
    const bool strict = node.op == static_cast<std::int32_t>(Op::less);
    const bool ofCondition = isComparison(row.kernel.formulas.node(node.a));
    if (!strict && ofCondition && row.numbers[at(node.b)] == 0) {
      oper(notCode);
      return condition(row, node.a);
    }
    oper(strict ? lessCode : lessEqualCode);
    formula(row, node.a);
    return formula(row, node.b);
  }
  oper(unequal);
  formula(row, k);
  number(0);
}

/// Token by token of the operation's form in operators.def.
void Writer::formula(const KernelRow& row, int k) {
  const Formulas::Node& node = row.kernel.formulas.node(k);
  if (!std::isnan(row.numbers[at(k)])) return number(row.numbers[at(k)]);
  if (node.op == static_cast<std::int32_t>(ScalarOp::constant)) return number(node.value);
  if (node.op == static_cast<std::int32_t>(ScalarOp::input)) return value(row.kernel.inputs[at(node.a)].at(row.r));
  const Operation* known = operationOf(static_cast<Op>(node.op));
  if (known == nullptr || known->nl == nullptr) {
    throw Error(ErrorKind::solver, nameOf(static_cast<Op>(node.op)) + " has no form in a .nl file", "UNSUPPORTED");
  }
  if (known->op == Op::where) {
    oper(nlIf);
    condition(row, node.a);
    formula(row, node.b);
    return number(0);
  }
  const bool extreme = known->op == Op::min || known->op == Op::max;
  for (std::string_view rest = known->nl; !rest.empty();) {
    const std::string_view token = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(token.size() + 1, rest.size()));
    if (token == "a" || token == "b") {
      asQuotient(extreme, [&] { formula(row, token == "a" ? node.a : node.b); });
    } else {
      line(std::string(token.front() == '#' ? token.substr(1) : token));
    }
  }
}

void Writer::startValues(const char* key, std::span<const double> values, double sign) {
  if (values.empty()) return;
  line(key + std::to_string(values.size()));
  for (std::size_t k = 0; k < values.size(); ++k) {
    out_ += std::to_string(k) + " ";
    append(sign * values[k]);
    out_ += '\n';
  }
}

/// Real numbers of variables; those that are 0 are left out.
void Writer::suffix(const char* name, std::span<const double> values, double sign) {
  if (values.empty()) return;
  constexpr const char* realOfVariables = "S4 ";
  const auto count = std::count_if(values.begin(), values.end(), [](double value) { return value != 0; });
  line(realOfVariables + std::to_string(count) + " " + name);
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k] == 0) continue;
    out_ += std::to_string(k) + " ";
    append(sign * values[k]);
    out_ += '\n';
  }
}

/// The segments r and b, a line each row or variable. `missing`: where no sides are given they are -missing and
/// missing.
void Writer::sides(char key, int count, std::span<const double> lower, std::span<const double> upper, double missing) {
  if (count == 0) return;
  line(std::string(1, key));
  for (int i = 0; i < count; ++i) {
    const double from = lower.empty() ? 0 - missing : lower[at(i)], to = upper.empty() ? missing : upper[at(i)];
    const bool below = from != -HUGE_VAL, above = to != HUGE_VAL;
    out_ += from == to ? "4" : below && above ? "0" : above ? "1" : below ? "2" : "3";
    for (const auto& [given, value] : {std::pair(below, from), std::pair(above && from != to, to)}) {
      if (!given) continue;
      out_ += ' ';
      append(value);
    }
    out_ += '\n';
  }
}

/// One number for each variable, as the file has them; none stay none.
std::vector<double> Writer::inFileOrder(std::span<const double> values) const {
  std::vector<double> ordered;
  for (std::size_t k = 0; k < values.size(); ++k) ordered.push_back(values[at(order_[k])]);
  return ordered;
}

/// Every variable of a row is in its J or G segment, with a 0 where it is nonlinear only.
void Writer::linearParts() {
  const SparsePattern& pattern = program_.jacobianPattern();
  if (plan_.variables > 0) {
    std::vector<int> columns(at(plan_.variables), 0);
    for (const int j : pattern.indices) ++columns[at(place_[at(j)])];
    std::partial_sum(columns.begin(), columns.end(), columns.begin());
    line("k" + std::to_string(plan_.variables - 1));
    for (int j = 0; j + 1 < plan_.variables; ++j) line(std::to_string(columns[at(j)]));
  }
  std::vector<double> coefficients(at(plan_.variables), 0);
  std::vector<int> places;
  const auto segment = [&](char key, int i, const LinearRows& rows, std::span<const int> variables) {
    if (variables.empty()) return;
    for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
      if (rows.indices[at(k)] < plan_.variables) coefficients[at(rows.indices[at(k)])] = rows.coefficients[at(k)];
    }
    places.clear();
    for (const int j : variables) places.push_back(place_[at(j)]);
    std::sort(places.begin(), places.end());
    line(key + std::to_string(i) + " " + std::to_string(places.size()));
    for (const int place : places) {
      double& coefficient = coefficients[at(order_[at(place)])];
      out_ += std::to_string(place) + " ";
      append(coefficient);
      out_ += '\n';
      coefficient = 0;
    }
  };
  for (int i = 0; i < plan_.constraints; ++i) segment('J', i, plan_.constraintRows, pattern.line(i));
  const std::vector<char> inObjective = objectiveVariables();
  std::vector<int> variables;
  for (int j = 0; j < plan_.variables; ++j) {
    if (inObjective[at(j)]) variables.push_back(j);
  }
  if (hasObjective_) segment('G', 0, objective(), variables);
}

void writeFile(const std::string& path, std::string_view text) {
  File file = openFile(path, "wb");
  bool written = file && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
  if (file && std::fclose(file.release()) != 0) written = false;  // closing writes what is left
  if (!written) throw Error(ErrorKind::solver, "cannot write " + show(path), "WRITE_FAILED");
}

}  // namespace

std::string nlText(const Graph& graph, const NlData& data) {
  const auto check = [](std::span<const double> values, int size, const char* name) {
    require(values.empty() || values.size() == at(size), std::string(name) + ".length", values.size(),
            "must be " + std::to_string(size));
  };
  const int n = graph.variableCount(), m = graph.constraintCount();
  check(data.start, n, "start");
  check(data.multipliers, m, "multipliers");
  check(data.lowerMultipliers, n, "lowerMultipliers");
  check(data.upperMultipliers, n, "upperMultipliers");
  check(data.lower, n, "lower");
  check(data.upper, n, "upper");
  check(data.constraintLower, m, "constraintLower");
  check(data.constraintUpper, m, "constraintUpper");
  for (const int j : data.integers) require(j >= 0 && j < n, "integers", j, "must be a variable");
  return Writer(graph, data).write();
}

void writeNl(const std::string& path, const Graph& graph, const NlData& data,
             std::span<const std::string> variableNames, std::span<const std::string> constraintNames) {
  writeFile(path, nlText(graph, data));
  const std::string stub = path.ends_with(".nl") ? path.substr(0, path.size() - 3) : path;
  const auto names = [&](const char* suffix, std::span<const std::string> list) {
    if (list.empty()) return;
    std::string text;
    for (const std::string& name : list) text += name + '\n';
    writeFile(stub + suffix, text);
  };
  std::vector<std::string> ordered;
  if (!variableNames.empty()) {
    require(variableNames.size() == at(graph.variableCount()), "variableNames.length", variableNames.size(),
            "must be " + std::to_string(graph.variableCount()));
    for (const int j : fileOrder(graph.variableCount(), data.integers)) ordered.push_back(variableNames[at(j)]);
  }
  names(".col", ordered);
  names(".row", constraintNames);
}

}  // namespace nonconvex
