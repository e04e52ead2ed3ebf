#include "expressions/operators.hpp"

#include <algorithm>
#include <iterator>

namespace nonconvex {
namespace {

constexpr Operation table[] = {
#define UNARY(name, number, nl, ...) {Op::name, #name, nl},
#define BINARY(name, number, nl, ...) {Op::name, #name, nl},
#define OTHER(name, number) {Op::name, #name, nullptr},
#include "expressions/operators.def"
};
static_assert(std::is_sorted(std::begin(table), std::end(table),
                             [](const Operation& x, const Operation& y) { return x.op < y.op; }));

}  // namespace

std::span<const Operation> operations() { return table; }

const Operation* operationOf(Op op) {
  const auto* found = std::lower_bound(std::begin(table), std::end(table), op,
                                       [](const Operation& row, Op number) { return row.op < number; });
  return found != std::end(table) && found->op == op ? found : nullptr;
}

std::string nameOf(Op op) {
  const Operation* known = operationOf(op);
  return known != nullptr ? known->name : "operation " + std::to_string(static_cast<int>(op));
}

}  // namespace nonconvex
