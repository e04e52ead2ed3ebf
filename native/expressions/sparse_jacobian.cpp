#include "expressions/sparse_jacobian.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {

int checkedSize(std::size_t size, const char* what) {
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error(ErrorKind::solver, std::string(what) + " would have more than 2147483647 entries", "TOO_LARGE");
  }
  return static_cast<int>(size);
}

SparseJacobian::SparseJacobian(const CompiledStages& model, const Cpu& la)
    : model_(model), plan_(model.plan()), firstStage_(model.firstStage()) {
  const std::size_t stageValues = plan_.values.size() - at(firstStage_);
  stageOf_.assign(stageValues, -1);
  for (std::size_t s = 0; s < plan_.stages.size(); ++s) {
    const Stage& stage = plan_.stages[s];
    if (!stage.active || stage.kind == Stage::Kind::maximum) continue;
    std::fill_n(stageOf_.begin() + (stage.output - firstStage_), stage.size, static_cast<int>(s));
  }
  findNeeded();
  makeRows(la);
  makePattern(la);
}

/// Makes the rows of D that are needed.
void SparseJacobian::makeRows(const Cpu& la) {
  constant_.assign(model_.entries().size(), 0);
  constant_[one] = 1;
  for (const Kernel& kernel : model_.kernels()) {
    for (const Kernel::Partial& partial : kernel.partials()) {
      if (partial.constant) constant_[at(partial.entry)] = 1;
    }
  }
  rows_.resize(stageOf_.size());
  for (std::size_t s = 0; s < plan_.stages.size(); ++s) {
    const Stage& stage = plan_.stages[s];
    for (int k = 0; needed_[s] && k < stage.size; ++k) {
      la.abortPoint();
      addRow(stage.output + k);
    }
  }
}

/// J = C D: rows like any others, but kept apart.
void SparseJacobian::makePattern(const Cpu& la) {
  pattern_.lines = plan_.constraints;
  pattern_.width = plan_.variables;
  std::vector<Term> terms;
  const std::size_t first = columns_.size();
  const LinearRows& C = plan_.constraintRows;
  for (int i = 0; i < C.rows(); ++i) {
    la.abortPoint();
    terms.clear();
    for (int k = C.offsets[at(i)]; k < C.offsets[at(i) + 1]; ++k) {
      addTerms(C.indices[at(k)], constantEntry(C.coefficients[at(k)]), terms);
    }
    finishRow(terms);
    pattern_.offsets.push_back(checkedSize(columns_.size() - first, "the Jacobian"));
  }
  const auto begin = static_cast<std::ptrdiff_t>(first);
  pattern_.indices.assign(columns_.begin() + begin, columns_.end());
  valueEntries_.assign(rowEntries_.begin() + begin, rowEntries_.end());
  columns_.resize(first);
  rowEntries_.resize(first);
  constantValues_ = std::all_of(valueEntries_.begin(), valueEntries_.end(), [&](int e) { return constant_[at(e)]; });
}

void SparseJacobian::findNeeded() {
  needed_.assign(plan_.stages.size(), 0);
  const auto need = [&](int value) {
    if (value < firstStage_) return;
    const int stage = stageOf_[at(value - firstStage_)];
    if (stage >= 0) needed_[at(stage)] = 1;
  };
  const auto needAll = [&](const IndexMap& map) {
    for (int r = 0; r < map.rows(); ++r) need(map.at(r));
  };
  for (const int value : plan_.constraintRows.indices) need(value);
  for (std::size_t s = plan_.stages.size(); s-- > 0;) {
    const Stage& stage = plan_.stages[s];
    if (!stage.active) continue;
    if (stage.kind == Stage::Kind::kernel) {
      const Kernel& kernel = model_.kernel(stage);
      for (const Kernel::Second& second : kernel.seconds()) {
        if (gramOf(kernel, second) != nullptr || borderOf(kernel, second).dense != nullptr) continue;
        needAll(kernel.input(second.a));
        needAll(kernel.input(second.b));
      }
      if (!needed_[s]) continue;
      for (const Kernel::Partial& partial : kernel.partials()) needAll(kernel.input(partial.input));
    } else if (!needed_[s]) {
      continue;
    } else if (stage.kind == Stage::Kind::linear) {
      for (const int value : plan_.linear[at(stage.index)].indices) need(value);
    } else if (stage.kind == Stage::Kind::dense) {
      needAll(plan_.dense[at(stage.index)].input);
    }
  }
}

const DenseStage* SparseJacobian::gramOf(const Kernel& kernel, const Kernel::Second& second) const {
  return second.a == second.b ? denseOf(kernel.input(second.a)) : nullptr;
}

SparseJacobian::Border SparseJacobian::borderOf(const Kernel& kernel, const Kernel::Second& second) const {
  for (const auto& [product, other] : {std::pair(second.a, second.b), std::pair(second.b, second.a)}) {
    const IndexMap& map = kernel.input(other);
    const int variable = map.at(0);
    if (variable >= plan_.variables) continue;
    const DenseStage* dense = denseOf(kernel.input(product));
    if (dense == nullptr) continue;
    bool same = true;
    for (int r = 1; r < map.rows() && same; ++r) same = map.at(r) == variable;
    if (same) return {dense, variable};
  }
  return {};
}

/// The stage whose rows are the rows of the kernel, if it is A x for neighbouring variables x.
const DenseStage* SparseJacobian::denseOf(const IndexMap& input) const {
  const int first = input.contiguous();
  if (first < firstStage_ || stageOf_[at(first - firstStage_)] < 0) return nullptr;
  const Stage& stage = plan_.stages[at(stageOf_[at(first - firstStage_)])];
  if (stage.kind != Stage::Kind::dense || stage.output != first || stage.size != input.rows()) return nullptr;
  const DenseStage& dense = plan_.dense[at(stage.index)];
  const int x = dense.input.contiguous();
  const bool plain = !dense.transposed && dense.count == 1 && x >= 0 && x + dense.matrix->columns <= plan_.variables;
  return plain ? &dense : nullptr;
}

SparseJacobian::Row SparseJacobian::row(int value) const {
  return value >= firstStage_ ? rows_[at(value - firstStage_)] : Row{};
}

int SparseJacobian::entryCount() const { return checkedSize(constant_.size(), "the derivatives"); }

double SparseJacobian::constantOf(int entry) const {
  const std::vector<double>& known = model_.entries();
  return at(entry) < known.size() ? known[at(entry)] : tail_[at(entry) - known.size()];
}

int SparseJacobian::constantEntry(double value) {
  if (value == 1) return one;
  const bool last = !tail_.empty() && constant_.back() && tail_.back() == value;
  if (!last) {
    tail_.push_back(value);
    constant_.push_back(1);
  }
  return entryCount() - 1;
}

void SparseJacobian::addTerms(int value, int coefficient, std::vector<Term>& terms) const {
  if (value < plan_.variables) {
    terms.push_back({value, coefficient, one});
    return;
  }
  const Row inner = row(value);
  for (std::size_t k = inner.begin; k < inner.end; ++k) terms.push_back({columns_[k], coefficient, rowEntries_[k]});
}

/// Appends the terms as a row of D, those of a column as one entry.
void SparseJacobian::finishRow(std::vector<Term>& terms) {
  const auto before = [](const Term& x, const Term& y) { return x.column < y.column; };
  if (!std::is_sorted(terms.begin(), terms.end(), before)) std::stable_sort(terms.begin(), terms.end(), before);
  for (std::size_t k = 0; k < terms.size();) {
    std::size_t end = k;
    double sum = 0;
    bool constant = true;
    for (; end < terms.size() && terms[end].column == terms[k].column; ++end) {
      const Term& term = terms[end];
      constant = constant && constant_[at(term.a)] && constant_[at(term.b)];
      if (constant) sum += constantOf(term.a) * constantOf(term.b);
    }
    int entry;
    if (end == k + 1 && (terms[k].a == one || terms[k].b == one)) {
      entry = terms[k].a == one ? terms[k].b : terms[k].a;
    } else if (constant) {
      entry = constantEntry(sum);
    } else {
      entry = entryCount();
      tail_.push_back(0);
      constant_.push_back(0);
      targets_.push_back(entry);
      for (std::size_t p = k; p < end; ++p) products_.emplace_back(terms[p].a, terms[p].b);
      offsets_.push_back(products_.size());
    }
    // Entries whose constants cancel are left out.
    if (!(constant && sum == 0)) {
      columns_.push_back(terms[k].column);
      rowEntries_.push_back(entry);
    }
    k = end;
  }
}

void SparseJacobian::addRow(int value) {
  const Stage& stage = plan_.stages[at(stageOf_[at(value - firstStage_)])];
  const int r = value - stage.output;
  Row& row = rows_[at(value - firstStage_)];
  row.begin = columns_.size();
  std::vector<Term> terms;
  if (stage.kind == Stage::Kind::kernel) {
    const Kernel& kernel = model_.kernel(stage);
    for (const Kernel::Partial& partial : kernel.partials()) {
      addTerms(kernel.input(partial.input).at(r), partial.at(r), terms);
    }
  } else if (stage.kind == Stage::Kind::linear) {
    const LinearRows& linear = plan_.linear[at(stage.index)];
    for (int k = linear.offsets[at(r)]; k < linear.offsets[at(r) + 1]; ++k) {
      addTerms(linear.indices[at(k)], constantEntry(linear.coefficients[at(k)]), terms);
    }
  } else if (stage.kind == Stage::Kind::dense) {
    const DenseStage& dense = plan_.dense[at(stage.index)];
    for (int j = 0; j < dense.rowSize(); ++j) {
      const double by = dense.coefficient(r, j);
      if (by != 0) addTerms(dense.input.at(dense.first(r) + j), constantEntry(by), terms);
    }
  }
  finishRow(terms);
  row.end = columns_.size();
}

void SparseJacobian::extend(std::vector<double>& entries) const {
  if (entries.size() < constant_.size()) entries.insert(entries.end(), tail_.begin(), tail_.end());
}

void SparseJacobian::accumulate(std::vector<double>& entries) const {
  for (std::size_t k = 0; k < targets_.size(); ++k) {
    double sum = 0;
    for (std::size_t p = offsets_[k]; p < offsets_[k + 1]; ++p) {
      sum += entries[at(products_[p].first)] * entries[at(products_[p].second)];
    }
    entries[at(targets_[k])] = sum;
  }
}

void SparseJacobian::values(const std::vector<double>& entries, std::span<double> out) const {
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = entries[at(valueEntries_[k])];
}

}  // namespace nonconvex
