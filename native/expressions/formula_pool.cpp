#include "expressions/formula_pool.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {

namespace {

using Node = NormalForm::Node;

/// The first number of an element of a signature's code; other elements are an operation and the numbers of its
/// operands.
enum Mark : std::int32_t { constantMark = -1, activeMark = -2, inactiveMark = -3, exponentMark = -4 };

}  // namespace

std::size_t FormulaPool::SignatureHash::operator()(const std::vector<std::int32_t>& code) const {
  std::uint64_t h = code.size();
  for (const std::int32_t word : code) {
    h = (std::rotl(h, 5) ^ static_cast<std::uint32_t>(word)) * 0x9e3779b97f4a7c15ULL;
  }
  return static_cast<std::size_t>(h ^ (h >> 32));
}

FormulaPool::FormulaPool(const NormalForm& form, FormulaParts& parts) : form_(form), parts_(parts) {
  const std::size_t count = at(form.count());
  rootOf_.assign(count, -1);
  role_.assign(count, 0);
  number_.assign(count, {-1, -1});
}

std::span<const int> FormulaPool::leaves(int root) const {
  return std::span(leafPool_).subspan(of(root).leaves, at(signatureOf(root).leaves));
}

double FormulaPool::constant(int root, int j) const { return constantPool_[of(root).constants + at(j)]; }

void FormulaPool::add(int root, std::span<const char> used) {
  if (!parts_.affine[at(root)]) cutAffineParts(root);
  rootOf_[at(root)] = static_cast<int>(roots_.size());
  roots_.push_back({root, -1, leafPool_.size(), constantPool_.size()});
  Signature signature;
  numbers_ = 0;
  visit(root, signature, used);
  signature.code.push_back(form_.size(root) == 1 ? -1 : root);  // vectors are kernels of their own
  const auto [known, isNew] = known_.try_emplace(signature.code, static_cast<int>(signatures_.size()));
  if (isNew) signatures_.push_back(std::move(signature));
  roots_.back().signature = known->second;
}

/// Makes affine combinations the inputs of a formula whose many inputs come in a few of them: fewer second derivatives.
void FormulaPool::cutAffineParts(int root) {
  std::vector<int> inputs;
  std::vector<int> combinations;  // and inputs that stand alone
  std::vector<int> cuts;
  const auto visit = [&](auto&& self, int id, bool inside) -> void {
    const Node& node = form_.node(id);
    const bool leaf = id != root && !parts_.sameFormula(form_, id, form_.node(root));
    if (leaf) {
      if (!parts_.active[at(id)]) return;
      inputs.push_back(id);
      if (!inside) combinations.push_back(id);
      return;
    }
    const bool begins = !inside && id != root && parts_.affine[at(id)];
    const std::size_t before = inputs.size();
    self(self, node.a, inside || begins);
    if (isBinary(node.op)) self(self, node.b, inside || begins);
    if (!begins) return;
    const bool several = inputs.size() > before + 1;
    combinations.push_back(several || inputs.size() == before ? id : inputs.back());
    if (several) cuts.push_back(id);
  };
  visit(visit, root, false);
  const auto distinct = [](std::vector<int>& ids) {
    std::sort(ids.begin(), ids.end());
    return static_cast<std::size_t>(std::unique(ids.begin(), ids.end()) - ids.begin());
  };
  constexpr std::size_t many = 4;
  constexpr std::size_t gain = 3;
  const std::size_t k = distinct(inputs);
  const std::size_t fewer = distinct(combinations);
  if (k < many || k * (k + 1) < gain * fewer * (fewer + 1)) return;
  for (const int id : cuts) parts_.cut[at(id)] = 1;
}

/// Appends the code of a node to that of its formula. Returns its number there.
int FormulaPool::visit(int id, Signature& signature, std::span<const char> used) {
  const int root = static_cast<int>(roots_.size()) - 1;
  if (number_[at(id)].first == root) return number_[at(id)].second;
  const Node& node = form_.node(id);
  auto& code = signature.code;
  if (form_.isScalarConstant(id)) {
    // Constants are not shared, so that rows with two equal ones by chance are no formula of their own.
    code.push_back(constantMark);
    constantPool_.push_back(form_.number(node));
    ++signature.constants;
    return numbers_++;
  }
  const int top = roots_.back().node;
  if (id != top && !parts_.sameFormula(form_, id, form_.node(top))) {
    code.push_back(parts_.active[at(id)] ? activeMark : inactiveMark);
    leafPool_.push_back(id);
    if (!used[at(id)]) role_[at(id)] = signature.leaves;
    ++signature.leaves;
  } else {
    const int a = visit(node.a, signature, used);
    int b = -1;
    if (node.op == Op::pow && form_.isScalarConstant(node.b)) {
      // A constant exponent shapes the derivatives: formulas with different ones are different.
      const auto bits = std::bit_cast<std::uint64_t>(form_.number(form_.node(node.b)));
      code.insert(code.end(), {exponentMark, static_cast<std::int32_t>(bits), static_cast<std::int32_t>(bits >> 32)});
      b = numbers_++;
    } else if (isBinary(node.op)) {
      b = visit(node.b, signature, used);
    }
    code.insert(code.end(), {static_cast<std::int32_t>(node.op), a, b});
  }
  number_[at(id)] = {root, numbers_};
  return numbers_++;
}

int FormulaPool::write(int root, std::span<const int> constants, Formulas& formulas) const {
  std::vector<int> numbers;
  int leaf = 0;
  std::size_t constant = 0;
  const auto& code = signatureOf(root).code;
  for (std::size_t k = 0; k + 1 < code.size();) {
    if (code[k] == constantMark) {
      numbers.push_back(constants[constant++]);
      ++k;
    } else if (code[k] == activeMark || code[k] == inactiveMark) {
      numbers.push_back(formulas.input(leaf++));
      ++k;
    } else if (code[k] == exponentMark) {
      const auto bits = static_cast<std::uint64_t>(static_cast<std::uint32_t>(code[k + 1])) |
                        static_cast<std::uint64_t>(static_cast<std::uint32_t>(code[k + 2])) << 32;
      numbers.push_back(formulas.constant(std::bit_cast<double>(bits)));
      k += 3;
    } else {
      const Op op = static_cast<Op>(code[k]);
      const int a = numbers[at(code[k + 1])];
      numbers.push_back(code[k + 2] < 0 ? formulas.unary(op, a) : formulas.binary(op, a, numbers[at(code[k + 2])]));
      k += 3;
    }
  }
  return numbers.back();
}

}  // namespace nonconvex
