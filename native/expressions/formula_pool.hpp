// The scalar formulas of a model while its plan is made. Formulas of the same shape are rows of one kernel.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "expressions/formula.hpp"
#include "expressions/formula_parts.hpp"
#include "expressions/normal_form.hpp"

namespace nonconvex {

class FormulaPool {
 public:
  /// Both must outlive this. Cuts formulas of `parts` at affine combinations where that pays.
  FormulaPool(const NormalForm& form, FormulaParts& parts);

  /// Adds the formula that ends in this node. `used` says of each node whether something takes it as an input already.
  void add(int root, std::span<const char> used);
  bool has(int root) const { return rootOf_[static_cast<std::size_t>(root)] >= 0; }

  /// Number of the formula's shape.
  int signature(int root) const { return of(root).signature; }
  /// The nodes that the formula takes as inputs, in its order.
  std::span<const int> leaves(int root) const;
  /// How many constants the formula has that may differ between formulas of its shape.
  int constantCount(int root) const { return signatureOf(root).constants; }
  double constant(int root, int j) const;
  /// Which input of its first user a node is.
  int role(int node) const { return role_[static_cast<std::size_t>(node)]; }

  /// Writes the formula down: leaf j is input j, constant j is node constants[j]. Returns the result's node.
  int write(int root, std::span<const int> constants, Formulas& formulas) const;

 private:
  struct Signature {
    std::vector<std::int32_t> code;  // see `visit`
    int leaves = 0;
    int constants = 0;
  };
  struct SignatureHash {
    std::size_t operator()(const std::vector<std::int32_t>& code) const;
  };
  // A formula: one row, or a row for each entry of a vector that is used.
  struct Root {
    int node;
    int signature;
    std::size_t leaves;     // first in leafPool_
    std::size_t constants;  // first in constantPool_
  };

  const Root& of(int root) const { return roots_[static_cast<std::size_t>(rootOf_[static_cast<std::size_t>(root)])]; }
  const Signature& signatureOf(int root) const { return signatures_[static_cast<std::size_t>(of(root).signature)]; }
  void cutAffineParts(int root);
  int visit(int id, Signature& signature, std::span<const char> used);

  const NormalForm& form_;
  FormulaParts& parts_;
  std::vector<Root> roots_;
  std::vector<Signature> signatures_;
  std::unordered_map<std::vector<std::int32_t>, int, SignatureHash> known_;
  std::vector<int> leafPool_;
  std::vector<double> constantPool_;
  int numbers_ = 0;  // numbers in the formula at hand

  // One entry a node.
  std::vector<int> rootOf_;  // -1: none
  std::vector<int> role_;
  std::vector<std::pair<int, int>> number_;  // the root whose formula the node is part of, and its number there
};

}  // namespace nonconvex
