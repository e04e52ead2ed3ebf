#include "expressions/nl/writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <numeric>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"
#include "expressions/plan.hpp"
#include "expressions/program.hpp"

namespace nonconvex {

namespace {

/// Writes the stages' values as common subexpressions, and f and c as sums of these.
class Writer {
 public:
  explicit Writer(const Graph& graph) : plan_(planOf(graph)), program_(graph) {
    stageOf_.assign(plan_.values.size(), -1);
    for (std::size_t s = 0; s < plan_.stages.size(); ++s) {
      const Stage& stage = plan_.stages[s];
      std::fill_n(stageOf_.begin() + stage.output, stage.size, static_cast<int>(s));
    }
  }

  std::string write(NlStart start) {
    chooseDefined();
    header();
    definitions();
    for (int i = 0; i < plan_.constraints; ++i) {
      line("C" + std::to_string(i));
      row(plan_.constraintRows, i, false);
    }
    line("O0 0");
    row(plan_.objective, 0, false);
    startValues('d', start.multipliers, -1);
    startValues('x', start.x, 1);
    if (plan_.constraints > 0) {
      line("r");
      for (int i = 0; i < plan_.constraints; ++i) line("4 0");
    }
    if (plan_.variables > 0) {
      line("b");
      for (int i = 0; i < plan_.variables; ++i) line("3");
    }
    linearParts();
    return std::move(out_);
  }

 private:
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

  void chooseDefined();
  void header();
  void definitions();
  void value(int position);  // as an operand
  void body(int position);   // what a stage's value is
  void row(const LinearRows& rows, int i, bool whole);
  void formula(const KernelStage& kernel, int node, int r);
  void startValues(char key, std::span<const double> values, double sign);
  void linearParts();
  std::vector<char> objectiveVariables() const;

  Plan plan_;
  Program program_;
  std::vector<int> stageOf_;  // by value
  std::vector<int> defined_;  // by value: number of its common subexpression; -1: none
  int definedCount_ = 0;
  std::string out_;
};

/// A kernel's value that only one row of f or c uses stays where it is used; every other stage's value gets a name.
void Writer::chooseDefined() {
  std::vector<int> users(plan_.values.size(), 0);
  const auto twice = [&](int value) { users[at(value)] = 2; };
  const auto once = [&](const LinearRows& rows) {
    for (const int value : rows.indices) ++users[at(value)];
  };
  once(plan_.objective);
  once(plan_.constraintRows);
  for (const LinearRows& rows : plan_.linear) std::for_each(rows.indices.begin(), rows.indices.end(), twice);
  for (const KernelStage& kernel : plan_.kernels) {
    for (const IndexMap& map : kernel.inputs) {
      for (int r = 0; r < kernel.rows; ++r) twice(map.at(r));
    }
  }
  for (const DenseStage& dense : plan_.dense) {
    for (int k = 0; k < dense.inputSize(); ++k) twice(dense.input.at(k));
  }
  for (const Stage& stage : plan_.stages) {
    if (stage.kind != Stage::Kind::maximum) continue;
    const MaximumStage& maximum = plan_.maxima[at(stage.index)];
    for (int k = 0; k < stage.size * maximum.group; ++k) twice(maximum.input.at(k));
  }
  defined_.assign(plan_.values.size(), -1);
  for (const Stage& stage : plan_.stages) {
    for (int k = 0; k < stage.size; ++k) {
      const int value = stage.output + k;
      if (stage.kind != Stage::Kind::kernel || users[at(value)] > 1) defined_[at(value)] = definedCount_++;
    }
  }
}

std::vector<char> Writer::objectiveVariables() const {
  std::vector<char> used(plan_.values.size(), 0);
  for (const int value : plan_.objective.indices) used[at(value)] = 1;
  for (std::size_t s = plan_.stages.size(); s-- > 0;) {
    const Stage& stage = plan_.stages[s];
    for (int r = 0; r < stage.size; ++r) {
      if (!used[at(stage.output + r)]) continue;
      if (stage.kind == Stage::Kind::kernel) {
        for (const IndexMap& map : plan_.kernels[at(stage.index)].inputs) used[at(map.at(r))] = 1;
      } else if (stage.kind == Stage::Kind::linear) {
        const LinearRows& rows = plan_.linear[at(stage.index)];
        for (int k = rows.offsets[at(r)]; k < rows.offsets[at(r) + 1]; ++k) used[at(rows.indices[at(k)])] = 1;
      } else if (stage.kind == Stage::Kind::dense) {
        const DenseStage& dense = plan_.dense[at(stage.index)];
        for (int k = 0; k < dense.rowSize(); ++k) used[at(dense.input.at(dense.first(r) + k))] = 1;
      } else {
        const MaximumStage& maximum = plan_.maxima[at(stage.index)];
        for (int k = 0; k < maximum.group; ++k) used[at(maximum.input.at(r * maximum.group + k))] = 1;
      }
    }
  }
  used.resize(at(plan_.variables));
  return used;
}

void Writer::header() {
  const std::vector<char> inObjective = objectiveVariables();
  const auto gradient = std::count(inObjective.begin(), inObjective.end(), 1);
  const std::string n = std::to_string(plan_.variables);
  const std::string m = std::to_string(plan_.constraints);
  line("g3 1 1 0\t# problem nonconvex");
  line(" " + n + " " + m + " 1 0 " + m + "\t# vars, constraints, objectives, ranges, eqns");
  // Nonlinear ones come first in a .nl file; called nonlinear throughout, they keep their order.
  line(" " + m + " 1\t# nonlinear constraints, objectives");
  line(" 0 0\t# network constraints: nonlinear, linear");
  line(" " + n + " " + n + " " + n + "\t# nonlinear vars in constraints, objectives, both");
  line(" 0 0 0 1\t# linear network variables; functions; arith, flags");
  line(" 0 0 0 0 0\t# discrete variables: binary, integer, nonlinear (b,c,o)");
  line(" " + std::to_string(program_.jacobianPattern().nonzeros()) + " " + std::to_string(gradient) +
       "\t# nonzeros in Jacobian, gradients");
  line(" 0 0\t# max name lengths: constraints, variables");
  line(" " + std::to_string(definedCount_) + " 0 0 0 0\t# common exprs: b,c,o,c1,o1");
}

void Writer::definitions() {
  for (const Stage& stage : plan_.stages) {
    for (int k = 0; k < stage.size; ++k) {
      const int number = defined_[at(stage.output + k)];
      if (number < 0) continue;
      line("V" + std::to_string(plan_.variables + number) + " 0 0");
      body(stage.output + k);
    }
  }
}

void Writer::value(int position) {
  if (position < plan_.variables) {
    line("v" + std::to_string(position));
  } else if (stageOf_[at(position)] < 0) {
    number(plan_.values[at(position)]);
  } else if (defined_[at(position)] >= 0) {
    line("v" + std::to_string(plan_.variables + defined_[at(position)]));
  } else {
    body(position);
  }
}

void Writer::body(int position) {
  const Stage& stage = plan_.stages[at(stageOf_[at(position)])];
  const int r = position - stage.output;
  switch (stage.kind) {
    case Stage::Kind::kernel: {
      const KernelStage& kernel = plan_.kernels[at(stage.index)];
      formula(kernel, kernel.formula, r);
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
      for (int k = 0; k < maximum.group; ++k) value(maximum.input.at(r * maximum.group + k));
    }
  }
}

/// A row as a sum; of a constraint or the objective without the terms that are linear in x, which follow elsewhere.
void Writer::row(const LinearRows& rows, int i, bool whole) {
  const auto isTerm = [&](int k) { return whole || rows.indices[at(k)] >= plan_.variables; };
  const int begin = rows.offsets[at(i)];
  const int end = rows.offsets[at(i) + 1];
  int terms = rows.constants[at(i)] != 0 ? 1 : 0;
  for (int k = begin; k < end; ++k) terms += isTerm(k) ? 1 : 0;
  if (terms == 0) {
    number(0);
    return;
  }
  if (terms == 2) oper(0);
  if (terms > 2) {
    oper(54);
    line(std::to_string(terms));
  }
  for (int k = begin; k < end; ++k) {
    if (!isTerm(k)) continue;
    if (rows.coefficients[at(k)] != 1) {
      oper(2);
      number(rows.coefficients[at(k)]);
    }
    value(rows.indices[at(k)]);
  }
  if (rows.constants[at(i)] != 0) number(rows.constants[at(i)]);
}

/// Token by token of the operation's form in operators.def.
void Writer::formula(const KernelStage& kernel, int k, int r) {
  const Formulas::Node& node = kernel.formulas.node(k);
  if (node.op == static_cast<std::int32_t>(ScalarOp::constant)) return number(node.value);
  if (node.op == static_cast<std::int32_t>(ScalarOp::input)) return value(kernel.inputs[at(node.a)].at(r));
  const Operation* known = operationOf(static_cast<Op>(node.op));
  if (known == nullptr || known->nl == nullptr) {
    throw Error(ErrorKind::solver, nameOf(static_cast<Op>(node.op)) + " has no form in a .nl file", "UNSUPPORTED");
  }
  for (std::string_view rest = known->nl; !rest.empty();) {
    const std::string_view token = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(token.size() + 1, rest.size()));
    if (token == "a") {
      formula(kernel, node.a, r);
    } else if (token == "b") {
      formula(kernel, node.b, r);
    } else {
      line(std::string(token.front() == '#' ? token.substr(1) : token));
    }
  }
}

void Writer::startValues(char key, std::span<const double> values, double sign) {
  if (values.empty()) return;
  line(key + std::to_string(values.size()));
  for (std::size_t k = 0; k < values.size(); ++k) {
    out_ += std::to_string(k) + " ";
    append(sign * values[k]);
    out_ += '\n';
  }
}

/// Every variable of a row is in its J or G segment, with a 0 where it is nonlinear only.
void Writer::linearParts() {
  const SparsePattern& pattern = program_.jacobianPattern();
  if (plan_.variables > 1) {
    std::vector<int> columns(at(plan_.variables), 0);
    for (const int j : pattern.indices) ++columns[at(j)];
    std::partial_sum(columns.begin(), columns.end(), columns.begin());
    line("k" + std::to_string(plan_.variables - 1));
    for (int j = 0; j + 1 < plan_.variables; ++j) line(std::to_string(columns[at(j)]));
  }
  std::vector<double> coefficients(at(plan_.variables), 0);
  const auto segment = [&](char key, int i, const LinearRows& rows, std::span<const int> variables) {
    if (variables.empty()) return;
    for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
      if (rows.indices[at(k)] < plan_.variables) coefficients[at(rows.indices[at(k)])] = rows.coefficients[at(k)];
    }
    line(key + std::to_string(i) + " " + std::to_string(variables.size()));
    for (const int j : variables) {
      out_ += std::to_string(j) + " ";
      append(coefficients[at(j)]);
      out_ += '\n';
      coefficients[at(j)] = 0;
    }
  };
  for (int i = 0; i < plan_.constraints; ++i) segment('J', i, plan_.constraintRows, pattern.line(i));
  const std::vector<char> inObjective = objectiveVariables();
  std::vector<int> variables;
  for (int j = 0; j < plan_.variables; ++j) {
    if (inObjective[at(j)]) variables.push_back(j);
  }
  segment('G', 0, plan_.objective, variables);
}

void writeFile(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) throw Error(ErrorKind::solver, "cannot write " + show(path), "WRITE_FAILED");
}

}  // namespace

std::string nlText(const Graph& graph, NlStart start) {
  const auto check = [](std::span<const double> values, int size, const char* name) {
    require(values.empty() || values.size() == at(size), std::string(name) + ".length", values.size(),
            "must be " + std::to_string(size));
  };
  check(start.x, graph.variableCount(), "x");
  check(start.multipliers, graph.constraintCount(), "multipliers");
  return Writer(graph).write(start);
}

void writeNl(const std::string& path, const Graph& graph, NlStart start, std::span<const std::string> variableNames,
             std::span<const std::string> constraintNames) {
  writeFile(path, nlText(graph, start));
  const std::string stub = path.ends_with(".nl") ? path.substr(0, path.size() - 3) : path;
  const auto names = [&](const char* suffix, std::span<const std::string> list) {
    if (list.empty()) return;
    std::string text;
    for (const std::string& name : list) text += name + '\n';
    writeFile(stub + suffix, text);
  };
  names(".col", variableNames);
  names(".row", constraintNames);
}

}  // namespace nonconvex
