#include "expressions/nl/reader.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {

namespace {

/// Characters, integers and numbers of either form of the file, with the place for messages.
class Input {
 public:
  Input(std::span<const char> bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  void setBinary() { binary_ = true; }
  bool binary() const { return binary_; }
  bool atEnd() const { return at_ >= bytes_.size(); }
  std::size_t size() const { return bytes_.size(); }
  std::size_t left() const { return bytes_.size() - at_; }

  [[noreturn]] void fail(const std::string& what, const char* code = "INVALID_FILE") const {
    const std::string place = binary_ ? "byte " + std::to_string(start_) : "line " + std::to_string(line_);
    throw Error(ErrorKind::solver, name_ + ", " + place + ": " + what, code);
  }
  [[noreturn]] void unsupported(const std::string& what) const { fail(what + " not supported", "UNSUPPORTED"); }

  /// The letter a segment or an expression begins with.
  char key() {
    start_ = at_;
    if (atEnd()) fail("the file ends too early");
    return bytes_[at_++];
  }
  int integer() {
    if (binary_) return fixedSize<std::int32_t>();
    skipBlanks();
    return number<int>("an integer");
  }
  int shortInteger() { return binary_ ? fixedSize<std::int16_t>() : integer(); }
  double real() {
    if (binary_) return fixedSize<double>();
    skipBlanks();
    return number<double>("a number");
  }
  /// An integer in [0, end), the number of something that `what` names.
  int index(int end, const char* what) {
    const int k = integer();
    if (k < 0 || k >= end) fail(std::string(what) + " " + std::to_string(k) + " of " + std::to_string(end));
    return k;
  }
  /// How many of something, each of which takes at least `bytes` of the file.
  int count(const char* what, std::size_t bytes) {
    const int k = integer();
    if (k < 0 || static_cast<std::size_t>(k) > left() / bytes + 1) {
      fail(std::to_string(k) + " " + what + ", with " + std::to_string(left()) + " bytes left");
    }
    return k;
  }
  /// Text: whether the line has more before its end or a comment.
  bool moreOnLine() {
    skipBlanks();
    return !atEnd() && bytes_[at_] != '\n' && bytes_[at_] != '\r' && bytes_[at_] != '#';
  }
  /// Past the end of the line, and any comment before it. Binary files have no lines.
  void endLine() {
    if (binary_) return;
    skipBlanks();
    if (!atEnd() && bytes_[at_] != '\n' && bytes_[at_] != '\r' && bytes_[at_] != '#') {
      fail("unexpected " + show(std::string_view(&bytes_[at_], 1)));
    }
    skipLine();
  }
  void skipLine() {
    while (!atEnd() && bytes_[at_] != '\n') ++at_;
    if (atEnd()) fail("the file ends within a line");
    ++at_;
    ++line_;
  }
  void skip(std::size_t size) {
    if (size > left()) fail("the file ends too early");
    at_ += size;
  }

 private:
  void skipBlanks() {
    while (!atEnd() && (bytes_[at_] == ' ' || bytes_[at_] == '\t')) ++at_;
  }
  template <class T>
  T fixedSize() {
    start_ = at_;
    if (left() < sizeof(T)) fail("the file ends too early");
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  template <class T>
  T number(const char* what) {
    const char* begin = bytes_.data() + at_;
    const char* end = bytes_.data() + bytes_.size();
    if (begin != end && *begin == '+') ++begin;
    T value{};
    const auto [rest, error] = std::from_chars(begin, end, value);
    if constexpr (std::is_same_v<T, double>) {
      // Out of range: 0 or infinity, as strtod has it; from_chars leaves the number alone.
      if (error == std::errc::result_out_of_range) {
        const std::string_view text(begin, static_cast<std::size_t>(rest - begin));
        const bool tiny = text.find("e-") != text.npos || text.find("E-") != text.npos;
        at_ = static_cast<std::size_t>(rest - bytes_.data());
        return (text.front() == '-' ? -1 : 1) * (tiny ? 0 : HUGE_VAL);
      }
    }
    if (error != std::errc() || rest == begin) fail(std::string("expected ") + what);
    at_ = static_cast<std::size_t>(rest - bytes_.data());
    return value;
  }

  std::span<const char> bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // of the last thing read
  long line_ = 1;
  bool binary_ = false;
};

/// An opcode of the format.
struct Opcode {
  int code;
  Op op;
  bool list;  ///< has any number of operands, which stands before them
};

/// Opcodes of operations that operators.def writes as one opcode and the operands alone, and other ones for the same.
std::vector<Opcode> makeOpcodes() {
  std::vector<Opcode> made = {{75, Op::pow, false}, {76, Op::square, false}, {77, Op::pow, false}};
  for (const Operation& operation : operations()) {
    if (operation.nl == nullptr) continue;
    const std::string_view form = operation.nl;
    const std::string_view operands = form.substr(std::min(form.find(' '), form.size()));
    const bool list = operands == " #2 a b";
    if (!list && operands != (isUnary(operation.op) ? " a" : " a b")) continue;
    int code = 0;
    std::from_chars(form.data() + 1, form.data() + form.size() - operands.size(), code);
    made.push_back({code, operation.op, list});
  }
  return made;
}

/// Null: no operation has that opcode.
const Opcode* opcodeOf(int code) {
  static const std::vector<Opcode> known = makeOpcodes();
  const auto found = std::find_if(known.begin(), known.end(), [&](const Opcode& one) { return one.code == code; });
  return found == known.end() ? nullptr : &*found;
}

// Opcodes that are no operation of ours.
constexpr int lessOpcode = 6;  // a - b where that is positive, otherwise 0
constexpr int sumOpcode = 54;

/// How many operands an opcode has; -1: a list with its length before it. None: it is unknown.
std::optional<int> operandsOfOpcode(int code) {
  if (code == lessOpcode) return 2;
  if (code == sumOpcode) return -1;
  const Opcode* known = opcodeOf(code);
  if (known == nullptr) return std::nullopt;
  return known->list ? -1 : operandsOf(known->op);
}

constexpr std::pair<int, const char*> refusedOperators[] = {{4, "rem"},
                                                            {13, "floor"},
                                                            {14, "ceil"},
                                                            {20, "or"},
                                                            {21, "and"},
                                                            {22, "<"},
                                                            {23, "<="},
                                                            {24, "="},
                                                            {28, ">="},
                                                            {29, ">"},
                                                            {30, "!="},
                                                            {34, "not"},
                                                            {35, "if"},
                                                            {55, "div"},
                                                            {56, "precision"},
                                                            {57, "round"},
                                                            {58, "trunc"},
                                                            {59, "count"},
                                                            {60, "numberof"},
                                                            {61, "numberof"},
                                                            {62, "atleast"},
                                                            {63, "atmost"},
                                                            {64, "piecewise linear terms"},
                                                            {65, "if"},
                                                            {66, "exactly"},
                                                            {67, "not atleast"},
                                                            {68, "not atmost"},
                                                            {69, "not exactly"},
                                                            {70, "forall"},
                                                            {71, "exists"},
                                                            {72, "implies"},
                                                            {73, "iff"},
                                                            {74, "alldiff"}};

class Reader {
 public:
  Reader(std::span<const char> bytes, const std::string& name, int objective)
      : in_(bytes, name), objective_(objective) {}

  NlModel read() {
    readHeader();
    while (!in_.atEnd()) readSegment();
    return finish();
  }

 private:
  struct LinearTerm {
    int variable;
    double coefficient;
  };

  struct Terms {  // of all rows' linear parts
    long long expected = 0;
    long long read = 0;
  };

  void readHeader();
  bool readFormat();
  void readProblemSize();
  void readNonlinearCounts();
  int readFlags();
  void refuseDiscreteVariables();
  void readNonzeros();
  std::size_t readDefinedCount();
  void checkArithmetic(int arithmetic) const;
  void reserve(std::size_t defined);
  int headerCount(const char* what);
  void readSegment();
  int readExpression();
  int leaf(char key);
  int applyOperator(int code, std::span<const int> operands);
  int sumOf(std::span<const int> nodes);
  void readDefinedVariable();
  void readValues(std::vector<double>& to, const char* what);
  void readRightHandSides();
  void readBounds();
  void readLinearPart(std::vector<std::vector<LinearTerm>>& to, int end, const char* what, Terms& terms);
  void skipSuffix();
  void once(bool& done, const char* what) {
    if (done) in_.fail(std::string("a second ") + what + " segment");
    done = true;
  }
  NlModel finish();
  Graph withoutFixed(const NlModel& model) const;

  Input in_;
  int objective_;  // which counts, from 1
  NlModel model_;
  Graph graph_{0};
  int variables_ = 0;
  int constraints_ = 0;
  int objectives_ = 0;
  int defined_ = 0;
  std::vector<int> variableNodes_;
  std::vector<int> definedNodes_;
  std::vector<int> bodies_;  // nonlinear part of each row; -1: not read
  std::vector<int> objectiveNodes_;
  std::vector<char> maximise_;
  std::vector<std::vector<LinearTerm>> rows_;
  std::vector<std::vector<LinearTerm>> objectiveRows_;
  Terms jacobianTerms_;
  Terms gradientTerms_;
  std::vector<double> rightHandSides_;
  std::vector<double> start_;
  std::vector<double> duals_;
  std::vector<char> fixed_;
  std::vector<double> fixedValues_;
  bool haveStart_ = false;
  bool haveDuals_ = false;
  bool haveRightHandSides_ = false;
  bool haveBounds_ = false;
};

int Reader::headerCount(const char* what) {
  const int k = in_.integer();
  if (k < 0 || static_cast<std::size_t>(k) > in_.size()) {
    in_.fail(std::to_string(k) + " " + what + " in a file of " + std::to_string(in_.size()) + " bytes");
  }
  return k;
}

/// The ten lines of "Writing .nl files" (Gay 2005), table 2.
void Reader::readHeader() {
  const bool binary = readFormat();
  readProblemSize();
  readNonlinearCounts();
  in_.skipLine();  // network constraints
  in_.skipLine();  // nonlinear variables
  const int arithmetic = readFlags();
  refuseDiscreteVariables();
  readNonzeros();
  in_.skipLine();  // lengths of names
  const std::size_t defined = readDefinedCount();
  if (binary) {
    checkArithmetic(arithmetic);
    in_.setBinary();
  }
  require(objective_ >= 0 && objective_ <= std::max(objectives_, 1), "objno", objective_,
          "must be 0 to " + std::to_string(objectives_));
  reserve(defined);
}

/// Line 1: the letter of the format and options. Returns whether the rest is binary.
bool Reader::readFormat() {
  const char form = in_.key();
  if (form != 'g' && form != 'b') in_.fail("not an AMPL .nl file: it begins with neither 'g' nor 'b'");
  constexpr int mostOptions = 9;
  const int options = in_.integer();
  if (options < 0 || options > mostOptions) in_.fail(std::to_string(options) + " options");
  for (int k = 0; k < options && in_.moreOnLine(); ++k) in_.integer();
  in_.skipLine();
  return form == 'b';
}

/// Line 2: variables, constraints, objectives, ranges, equations, logical constraints.
void Reader::readProblemSize() {
  variables_ = headerCount("variables");
  constraints_ = headerCount("constraints");
  objectives_ = headerCount("objectives");
  const int ranges = in_.integer();
  in_.integer();  // equations
  if (in_.moreOnLine() && in_.integer() != 0) in_.unsupported("logical constraints are");
  if (ranges != 0) in_.unsupported("range constraints are");
  in_.skipLine();
}

/// Line 3: nonlinear constraints and objectives, complementarity conditions.
void Reader::readNonlinearCounts() {
  in_.integer();
  in_.integer();
  for (int k = 0; k < 2 && in_.moreOnLine(); ++k) {
    if (in_.integer() != 0) in_.unsupported("complementarity conditions are");
  }
  in_.skipLine();
}

/// Line 6: linear network variables, functions, arithmetic, flags. Returns the arithmetic of a binary file.
int Reader::readFlags() {
  in_.integer();
  if (in_.integer() != 0) in_.unsupported("imported functions are");
  const int arithmetic = in_.moreOnLine() ? in_.integer() : 0;
  in_.skipLine();
  return arithmetic;
}

/// Line 7: binary and integer variables.
void Reader::refuseDiscreteVariables() {
  int discrete = 0;
  while (in_.moreOnLine()) discrete |= in_.integer();
  if (discrete != 0) in_.unsupported("integer variables are");
  in_.skipLine();
}

/// Line 8: nonzeros of the Jacobian and the gradients.
void Reader::readNonzeros() {
  jacobianTerms_.expected = in_.integer();
  gradientTerms_.expected = in_.integer();
  in_.skipLine();
}

/// Line 10: common subexpressions, by where they are used. Returns how many there are.
std::size_t Reader::readDefinedCount() {
  std::size_t defined = 0;
  while (in_.moreOnLine()) defined += at(headerCount("common subexpressions"));
  if (defined > in_.size()) in_.fail(std::to_string(defined) + " common subexpressions");
  in_.skipLine();
  return defined;
}

void Reader::checkArithmetic(int arithmetic) const {
  constexpr int littleEndian = 1;
  if (arithmetic == 2) in_.unsupported("a binary file with its bytes swapped (big-endian) is");
  if (arithmetic == littleEndian || arithmetic == 0) return;
  in_.unsupported("a binary file of arithmetic " + std::to_string(arithmetic) + " is");
}

/// Makes room for what the header has counted.
void Reader::reserve(std::size_t defined) {
  graph_ = Graph(variables_);
  defined_ = static_cast<int>(defined);
  variableNodes_.assign(at(variables_), -1);
  definedNodes_.assign(defined, -1);
  bodies_.assign(at(constraints_), -1);
  objectiveNodes_.assign(at(objectives_), -1);
  maximise_.assign(at(objectives_), 0);
  rows_.resize(at(constraints_));
  objectiveRows_.resize(at(objectives_));
  rightHandSides_.assign(at(constraints_), 0);
  start_.assign(at(variables_), 0);
  duals_.assign(at(constraints_), 0);
  fixed_.assign(at(variables_), 0);
  fixedValues_.assign(at(variables_), 0);
}

void Reader::readSegment() {
  const char key = in_.key();
  switch (key) {
    case 'C': {
      const int row = in_.index(constraints_, "constraint");
      in_.endLine();
      if (bodies_[at(row)] >= 0) in_.fail("a second body of constraint " + std::to_string(row));
      bodies_[at(row)] = readExpression();
      return;
    }
    case 'O': {
      const int k = in_.index(objectives_, "objective");
      const int sense = in_.integer();
      if (sense != 0 && sense != 1) in_.fail("sense " + std::to_string(sense) + " of an objective");
      in_.endLine();
      if (objectiveNodes_[at(k)] >= 0) in_.fail("a second objective " + std::to_string(k));
      maximise_[at(k)] = static_cast<char>(sense);
      objectiveNodes_[at(k)] = readExpression();
      return;
    }
    case 'V':
      readDefinedVariable();
      return;
    case 'x':
      once(haveStart_, "x");
      readValues(start_, "variable");
      return;
    case 'd':
      once(haveDuals_, "d");
      readValues(duals_, "constraint");
      return;
    case 'r':
      once(haveRightHandSides_, "r");
      readRightHandSides();
      return;
    case 'b':
      once(haveBounds_, "b");
      readBounds();
      return;
    case 'k':
    case 'K': {
      // Numbers of nonzeros of the Jacobian's columns, which the J segments have as well.
      const int count = in_.index(variables_ + 1, "column count");
      in_.endLine();
      for (int k = 0; k < count; ++k) {
        in_.integer();
        in_.endLine();
      }
      return;
    }
    case 'J':
      readLinearPart(rows_, constraints_, "constraint", jacobianTerms_);
      return;
    case 'G':
      readLinearPart(objectiveRows_, objectives_, "objective", gradientTerms_);
      return;
    case 'S':
      skipSuffix();
      return;
    case 'F':
      in_.unsupported("imported functions are");
    case 'L':
      in_.unsupported("logical constraints are");
    default:
      in_.fail("unknown segment " + show(std::string_view(&key, 1)));
  }
}

int Reader::leaf(char key) {
  switch (key) {
    case 'n':
      return graph_.constant(in_.real());
    case 's':
      return graph_.constant(in_.shortInteger());
    case 'l':
      return graph_.constant(in_.integer());
    case 'v': {
      const int k = in_.index(variables_ + defined_, "variable");
      if (k >= variables_) {
        const int node = definedNodes_[at(k - variables_)];
        if (node < 0) in_.fail("variable " + std::to_string(k) + " is used before its V segment");
        return node;
      }
      int& node = variableNodes_[at(k)];
      if (node < 0) node = graph_.variables(k, 1);
      return node;
    }
    case 'f':
      in_.unsupported("imported functions are");
    case 'h':
      in_.unsupported("strings are");
    default:
      in_.fail("unknown expression " + show(std::string_view(&key, 1)));
  }
}

/// An expression in prefix form. Operators that wait for operands are kept in a list, not on the call stack, which a
/// deeply nested file would overflow.
int Reader::readExpression() {
  struct Waiting {
    int code;
    std::size_t operands;  // how many it takes
    std::size_t first;     // of `nodes`
  };
  std::vector<Waiting> waiting;
  std::vector<int> nodes;
  for (;;) {
    const char key = in_.key();
    if (key == 'o') {
      const int code = in_.integer();
      const std::optional<int> known = operandsOfOpcode(code);
      if (!known) {
        for (const auto& [refused, name] : refusedOperators) {
          if (refused == code) in_.unsupported("operator o" + std::to_string(code) + " (" + name + ") is");
        }
        in_.fail("unknown operator o" + std::to_string(code));
      }
      in_.endLine();
      int operands = *known;
      if (operands < 0) {
        operands = in_.count("operands", 2);
        if (operands < 1) in_.fail("an operator without operands");
        in_.endLine();
      }
      waiting.push_back({code, at(operands), nodes.size()});
      continue;
    }
    nodes.push_back(leaf(key));
    in_.endLine();
    while (!waiting.empty() && nodes.size() - waiting.back().first == waiting.back().operands) {
      const auto operands = std::span(nodes).subspan(waiting.back().first);
      const int node = applyOperator(waiting.back().code, operands);
      nodes.resize(waiting.back().first);
      nodes.push_back(node);
      waiting.pop_back();
    }
    if (waiting.empty()) return nodes.back();
  }
}

int Reader::sumOf(std::span<const int> nodes) {
  constexpr std::size_t few = 6;
  if (nodes.size() > few) return graph_.sum(graph_.concatenate(nodes));
  int sum = nodes[0];
  for (std::size_t k = 1; k < nodes.size(); ++k) sum = graph_.binary(Op::add, sum, nodes[k]);
  return sum;
}

int Reader::applyOperator(int code, std::span<const int> operands) {
  if (code == sumOpcode) return sumOf(operands);
  if (code == lessOpcode) {
    return graph_.binary(Op::max, graph_.binary(Op::subtract, operands[0], operands[1]), graph_.constant(0.0));
  }
  const Op op = opcodeOf(code)->op;
  if (isUnary(op)) return graph_.unary(op, operands[0]);
  int result = operands[0];
  for (std::size_t k = 1; k < operands.size(); ++k) result = graph_.binary(op, result, operands[k]);
  return result;
}

void Reader::readDefinedVariable() {
  const int k = in_.integer();
  if (k < variables_ || k - variables_ >= defined_) {
    in_.fail("common subexpression " + std::to_string(k) + ", which should be " + std::to_string(variables_) + " to " +
             std::to_string(static_cast<long long>(variables_) + defined_ - 1));
  }
  const int terms = in_.count("linear terms", 4);
  in_.integer();  // where it is used
  in_.endLine();
  if (definedNodes_[at(k - variables_)] >= 0) in_.fail("a second V segment " + std::to_string(k));
  std::vector<int> nodes;
  for (int t = 0; t < terms; ++t) {
    const int variable = leaf('v');
    const double coefficient = in_.real();
    in_.endLine();
    nodes.push_back(graph_.binary(Op::multiply, graph_.constant(coefficient), variable));
  }
  nodes.push_back(readExpression());
  definedNodes_[at(k - variables_)] = sumOf(nodes);
}

void Reader::readValues(std::vector<double>& to, const char* what) {
  const int size = static_cast<int>(to.size());
  const int count = in_.integer();
  if (count < 0 || count > size) {
    in_.fail(std::to_string(count) + " values for each " + what + ", of which there are " + std::to_string(size));
  }
  in_.endLine();
  for (int k = 0; k < count; ++k) {
    const int index = in_.index(size, what);
    to[at(index)] = in_.real();
    in_.endLine();
  }
}

void Reader::readRightHandSides() {
  in_.endLine();
  for (int i = 0; i < constraints_; ++i) {
    const char kind = in_.key();
    switch (kind) {
      case '0': {
        const double lower = in_.real();
        if (lower != in_.real()) in_.unsupported("range constraints are");
        rightHandSides_[at(i)] = lower;
        break;
      }
      case '1':
      case '2':
        in_.unsupported("inequality constraints (here row " + std::to_string(i) + ") are");
      case '3':
        in_.unsupported("rows without a right-hand side (here row " + std::to_string(i) + ") are");
      case '4':
        rightHandSides_[at(i)] = in_.real();
        break;
      case '5':
        in_.unsupported("complementarity conditions are");
      default:
        in_.fail("unknown kind " + show(std::string_view(&kind, 1)) + " of right-hand side");
    }
    in_.endLine();
  }
}

void Reader::readBounds() {
  in_.endLine();
  for (int i = 0; i < variables_; ++i) {
    const char kind = in_.key();
    switch (kind) {
      case '0': {
        const double lower = in_.real();
        const double upper = in_.real();
        if (lower == upper) {
          fixed_[at(i)] = 1;
          fixedValues_[at(i)] = lower;
        } else if (!(std::isinf(lower) && std::isinf(upper))) {
          in_.unsupported("bounds (here of variable " + std::to_string(i) + ") are");
        }
        break;
      }
      case '1':
      case '2':
        if (!std::isinf(in_.real())) in_.unsupported("bounds (here of variable " + std::to_string(i) + ") are");
        break;
      case '3':
        break;
      case '4':
        fixed_[at(i)] = 1;
        fixedValues_[at(i)] = in_.real();
        break;
      default:
        in_.fail("unknown kind " + show(std::string_view(&kind, 1)) + " of bound");
    }
    in_.endLine();
  }
}

void Reader::readLinearPart(std::vector<std::vector<LinearTerm>>& to, int end, const char* what, Terms& terms) {
  const int row = in_.index(end, what);
  const int count = in_.count("linear terms", 4);
  in_.endLine();
  if (!to[at(row)].empty()) in_.fail(std::string("a second linear part of ") + what + " " + std::to_string(row));
  to[at(row)].reserve(at(count));
  terms.read += count;
  for (int k = 0; k < count; ++k) {
    const int variable = in_.index(variables_, "variable");
    const double coefficient = in_.real();
    in_.endLine();
    to[at(row)].push_back({variable, coefficient});
  }
}

void Reader::skipSuffix() {
  const int kind = in_.integer();
  const int count = in_.count("suffix values", 4);
  if (in_.binary()) {
    const int length = in_.count("characters", 1);
    in_.skip(at(length));
  } else {
    in_.skipLine();
  }
  constexpr int isReal = 4;
  for (int k = 0; k < count; ++k) {
    in_.integer();
    if ((kind & isReal) != 0) {
      in_.real();
    } else {
      in_.integer();
    }
    in_.endLine();
  }
}

NlModel Reader::finish() {
  if (variables_ > 0 && !haveBounds_) in_.fail("the file ends without its b segment");
  if (constraints_ > 0 && !haveRightHandSides_) in_.fail("the file ends without its r segment");
  for (int i = 0; i < constraints_; ++i) {
    if (bodies_[at(i)] < 0) in_.fail("the file ends without the body of constraint " + std::to_string(i));
  }
  for (const auto& [terms, what] :
       {std::pair(jacobianTerms_, "constraints"), std::pair(gradientTerms_, "objectives")}) {
    if (terms.read >= terms.expected) continue;
    in_.fail("the file ends with " + std::to_string(terms.read) + " of " + std::to_string(terms.expected) +
             " linear terms of its " + what);
  }
  for (int k = 0; k < objectives_; ++k) {
    if (objectiveNodes_[at(k)] < 0) in_.fail("the file ends without objective " + std::to_string(k));
  }

  // Linear parts are one sparse matrix; a row's terms come in any order.
  const auto linear = [&](std::span<std::vector<LinearTerm>> rows) {
    ConstantMatrix matrix;
    matrix.rows = static_cast<int>(rows.size());
    matrix.columns = variables_;
    matrix.offsets = {0};
    for (std::vector<LinearTerm>& row : rows) {
      std::stable_sort(row.begin(), row.end(), [](const auto& x, const auto& y) { return x.variable < y.variable; });
      for (const LinearTerm& term : row) {
        if (term.coefficient == 0) continue;
        const bool again = matrix.indices.size() > at(matrix.offsets.back()) && matrix.indices.back() == term.variable;
        if (again) {
          matrix.values.back() += term.coefficient;
        } else {
          matrix.indices.push_back(term.variable);
          matrix.values.push_back(term.coefficient);
        }
      }
      matrix.offsets.push_back(static_cast<int>(matrix.indices.size()));
    }
    return matrix;
  };
  const auto withLinear = [&](int node, std::span<std::vector<LinearTerm>> rows) {
    ConstantMatrix matrix = linear(rows);
    if (matrix.indices.empty()) return node;
    return graph_.binary(Op::add, node,
                         graph_.matvec(graph_.variables(0, variables_), graph_.matrix(std::move(matrix))));
  };
  if (objective_ > 0 && objectives_ > 0) {
    const auto k = static_cast<std::size_t>(objective_) - 1;
    int f = withLinear(objectiveNodes_[k], std::span(objectiveRows_).subspan(k, 1));
    model_.maximise = maximise_[k] != 0;
    if (model_.maximise) f = graph_.unary(Op::negate, f);
    graph_.minimize(f);
  }
  if (constraints_ > 0) {
    const int c = withLinear(graph_.concatenate(bodies_), rows_);
    graph_.equalZero(graph_.binary(Op::subtract, c, graph_.constant(rightHandSides_)));
  }
  int kept = 0;
  for (int i = 0; i < variables_; ++i) {
    const bool fixed = fixed_[at(i)] != 0;
    model_.modelVariable.push_back(fixed ? -1 : kept++);
    if (!fixed) model_.start.push_back(start_[at(i)]);
  }
  model_.fixedValues = std::move(fixedValues_);
  for (const double dual : duals_) model_.multipliers.push_back(model_.maximise ? dual : -dual);
  model_.graph = kept == variables_ ? std::move(graph_) : withoutFixed(model_);
  return std::move(model_);
}

/// The graph on the variables that are not fixed.
Graph Reader::withoutFixed(const NlModel& model) const {
  Graph out(static_cast<int>(model.start.size()));
  std::vector<int> translated;
  std::vector<int> inputs;
  int matrices = 0;
  const auto variable = [&](int k) {
    const int to = model.modelVariable[at(k)];
    return to < 0 ? out.constant(model.fixedValues[at(k)]) : out.variables(to, 1);
  };
  for (const Graph::Node& node : graph_.nodes()) {
    const auto input = [&](int k) { return translated[at(k)]; };
    int next = -1;
    if (isUnary(node.op)) {
      next = out.unary(node.op, input(node.a));
    } else if (isBinary(node.op)) {
      next = out.binary(node.op, input(node.a), input(node.b));
    } else if (node.op == Op::constant) {
      next = out.constant(graph_.numbers(node));
    } else if (node.op == Op::variables && node.size == 1) {
      next = variable(node.b);
    } else if (node.op == Op::variables || node.op == Op::concatenate) {
      inputs.clear();
      if (node.op == Op::variables) {
        for (int k = 0; k < node.size; ++k) inputs.push_back(variable(node.b + k));
      } else {
        for (const std::int32_t piece : graph_.integers(node)) inputs.push_back(input(piece));
      }
      next = out.concatenate(inputs);
    } else if (node.op == Op::sum) {
      next = out.sum(input(node.a), node.b);
    } else {  // matvec: the reader makes no other nodes
      out.matrix(*graph_.matrixOf(node));
      next = out.matvec(input(node.a), matrices++);
    }
    translated.push_back(next);
  }
  if (graph_.objective() >= 0) out.minimize(translated[at(graph_.objective())]);
  for (const int node : graph_.constraints()) out.equalZero(translated[at(node)]);
  return out;
}

std::vector<std::string> readLines(const std::string& path, std::size_t count) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; lines.size() < count && std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
  }
  return lines.size() == count ? lines : std::vector<std::string>();
}

}  // namespace

NlModel parseNl(std::span<const char> bytes, const std::string& name, int objective) {
  return Reader(bytes, name, objective).read();
}

NlModel readNl(const std::string& path, int objective) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::solver, "cannot open " + show(path), "FILE_NOT_FOUND");
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  NlModel model = parseNl(bytes, path, objective);
  const std::string stub = path.ends_with(".nl") ? path.substr(0, path.size() - 3) : path;
  model.constraintNames = readLines(stub + ".row", model.multipliers.size());
  const std::vector<std::string> names = readLines(stub + ".col", model.modelVariable.size());
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (model.modelVariable[k] >= 0) model.variableNames.push_back(names[k]);
  }
  return model;
}

}  // namespace nonconvex
