#include "expressions/nl/segments.hpp"

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"
#include "expressions/nl/expression_reader.hpp"
#include "expressions/nl/header.hpp"
#include "expressions/nl/input.hpp"

namespace nonconvex {

namespace {

class SegmentReader {
 public:
  SegmentReader(std::span<const char> bytes, const std::string& name, bool relaxIntegers)
      : in_(bytes, name), file_(readNlHeader(in_, relaxIntegers)), expressions_(in_, file_.graph, file_.defined) {}

  NlContents read() {
    while (!in_.atEnd()) readSegment();
    checkComplete();
    return std::move(file_);
  }

 private:
  void readSegment();
  void readConstraint();
  void readObjective();
  void readValues(std::vector<double>& to, const char* what);
  NlSides readSides(char code, const char* what);
  void readConstraintSides();
  void readBounds();
  void skipColumnCounts();
  void readLinearPart(std::vector<std::vector<NlLinearTerm>>& to, int end, const char* what, NlContents::Terms& terms);
  [[noreturn]] void refuseFunction();
  void readSuffix();
  void readSuffixValues(int kind, int count, std::vector<double>* to);
  void once(bool& done, const char* what) {
    if (done) in_.fail(std::string("a second ") + what + " segment");
    done = true;
  }
  void checkComplete() const;

  NlInput in_;
  NlContents file_;
  NlExpressionReader expressions_;
};

void SegmentReader::readSegment() {
  const char key = in_.key();
  switch (key) {
    case 'C':
      return readConstraint();
    case 'O':
      return readObjective();
    case 'V':
      return expressions_.readDefinition();
    case 'x':
      once(file_.haveStart, "x");
      return readValues(file_.start, "variable");
    case 'd':
      once(file_.haveDuals, "d");
      return readValues(file_.duals, "constraint");
    case 'r':
      once(file_.haveSides, "r");
      return readConstraintSides();
    case 'b':
      once(file_.haveBounds, "b");
      return readBounds();
    case 'k':
    case 'K':
      return skipColumnCounts();
    case 'J':
      return readLinearPart(file_.rows, file_.constraints, "constraint", file_.jacobianTerms);
    case 'G':
      return readLinearPart(file_.objectiveRows, file_.objectives, "objective", file_.gradientTerms);
    case 'S':
      return readSuffix();
    case 'F':
      refuseFunction();
    case 'L':
      in_.unsupported("logical constraints are");
    default:
      in_.fail("unknown segment " + show(std::string_view(&key, 1)));
  }
}

void SegmentReader::readConstraint() {
  const int row = in_.index(file_.constraints, "constraint");
  in_.endLine();
  if (file_.bodies[at(row)] >= 0) in_.fail("a second body of constraint " + std::to_string(row));
  file_.bodies[at(row)] = expressions_.read();
}

void SegmentReader::readObjective() {
  const int k = in_.index(file_.objectives, "objective");
  const int sense = in_.integer();
  if (sense != 0 && sense != 1) in_.fail("sense " + std::to_string(sense) + " of an objective");
  in_.endLine();
  if (file_.objectiveNodes[at(k)] >= 0) in_.fail("a second objective " + std::to_string(k));
  file_.maximise[at(k)] = static_cast<char>(sense);
  file_.objectiveNodes[at(k)] = expressions_.read();
}

/// Numbers of nonzeros of the Jacobian's columns, which the J segments have as well.
void SegmentReader::skipColumnCounts() {
  const int count = in_.index(file_.variables + 1, "column count");
  in_.endLine();
  for (int k = 0; k < count; ++k) {
    in_.integer();
    in_.endLine();
  }
}

void SegmentReader::readValues(std::vector<double>& to, const char* what) {
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

/// Reads the sides that follow the code of a line of the r or b segment. Sides beyond 1e19 count as infinite.
NlSides SegmentReader::readSides(char code, const char* what) {
  constexpr double none = 1e19;
  const auto from = [](double value) { return std::abs(value) >= none ? -HUGE_VAL : value; };
  const auto to = [](double value) { return std::abs(value) >= none ? HUGE_VAL : value; };
  switch (code) {
    case '0': {
      const double lower = in_.real();
      const double upper = in_.real();
      return {from(lower), to(upper)};
    }
    case '1':
      return {-HUGE_VAL, to(in_.real())};
    case '2':
      return {from(in_.real()), HUGE_VAL};
    case '3':
      return {-HUGE_VAL, HUGE_VAL};
    case '4': {
      const double value = in_.real();
      return {value, value};
    }
    default:
      in_.fail("unknown kind " + show(std::string_view(&code, 1)) + " of " + what);
  }
}

void SegmentReader::readConstraintSides() {
  in_.endLine();
  for (NlSides& sides : file_.sides) {
    const char code = in_.key();
    if (code == '5') in_.unsupported("complementarity conditions are");
    sides = readSides(code, "right-hand side");
    in_.endLine();
  }
}

void SegmentReader::readBounds() {
  in_.endLine();
  for (NlSides& bounds : file_.bounds) {
    bounds = readSides(in_.key(), "bound");
    in_.endLine();
  }
}

void SegmentReader::readLinearPart(std::vector<std::vector<NlLinearTerm>>& to, int end, const char* what,
                                   NlContents::Terms& terms) {
  const int row = in_.index(end, what);
  const int count = in_.count("linear terms", 4);
  in_.endLine();
  if (!to[at(row)].empty()) in_.fail(std::string("a second linear part of ") + what + " " + std::to_string(row));
  to[at(row)].reserve(at(count));
  terms.read += count;
  for (int k = 0; k < count; ++k) {
    const int variable = in_.index(file_.variables, "variable");
    const double coefficient = in_.real();
    in_.endLine();
    to[at(row)].push_back({variable, coefficient});
  }
}

/// The rest of a segment F: number, type, number of arguments, name.
void SegmentReader::refuseFunction() {
  in_.integer();
  in_.integer();
  in_.integer();
  in_.unsupported("the imported function " + show(in_.word()) + " is");
}

void SegmentReader::readSuffix() {
  const int kind = in_.integer();
  const int count = in_.count("suffix values", 4);
  const std::string name = in_.word();
  in_.endLine();
  constexpr int ofWhat = 3;
  const bool ofVariables = (kind & ofWhat) == 0;
  std::vector<double>* to = nullptr;
  if (ofVariables && name == "ipopt_zL_in") to = &file_.lowerDuals;
  if (ofVariables && name == "ipopt_zU_in") to = &file_.upperDuals;
  if (to != nullptr) {
    if (!to->empty()) in_.fail("a second suffix " + name);
    to->assign(at(file_.variables), 0);
  } else if (name == "priority" || name == "sosno") {
    file_.notes.push_back("the suffix " + name + " is left out");
  }
  readSuffixValues(kind, count, to);
}

/// Null: they are left out.
void SegmentReader::readSuffixValues(int kind, int count, std::vector<double>* to) {
  constexpr int isReal = 4;
  for (int k = 0; k < count; ++k) {
    const int index = to != nullptr ? in_.index(file_.variables, "variable") : in_.integer();
    const double value = (kind & isReal) != 0 ? in_.real() : in_.integer();
    in_.endLine();
    if (to != nullptr) (*to)[at(index)] = value;
  }
}

/// Refuses a file that ends before all that its header announces.
void SegmentReader::checkComplete() const {
  if (file_.functions > 0) in_.unsupported("imported functions are");
  if (file_.variables > 0 && !file_.haveBounds) in_.fail("the file ends without its b segment");
  if (file_.constraints > 0 && !file_.haveSides) in_.fail("the file ends without its r segment");
  for (int i = 0; i < file_.constraints; ++i) {
    if (file_.bodies[at(i)] < 0) in_.fail("the file ends without the body of constraint " + std::to_string(i));
  }
  for (const auto& [terms, what] :
       {std::pair(file_.jacobianTerms, "constraints"), std::pair(file_.gradientTerms, "objectives")}) {
    if (terms.read >= terms.expected) continue;
    in_.fail("the file ends with " + std::to_string(terms.read) + " of " + std::to_string(terms.expected) +
             " linear terms of its " + what);
  }
  for (int k = 0; k < file_.objectives; ++k) {
    if (file_.objectiveNodes[at(k)] < 0) in_.fail("the file ends without objective " + std::to_string(k));
  }
}

}  // namespace

NlContents readNlContents(std::span<const char> bytes, const std::string& name, bool relaxIntegers) {
  return SegmentReader(bytes, name, relaxIntegers).read();
}

}  // namespace nonconvex
