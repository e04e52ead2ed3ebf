#include "model/sparse_derivatives.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

namespace {

constexpr int one = 0;                   // the entry that is 1
constexpr std::size_t mostWritten = 64;  // products of two rows of D that are written down one by one
constexpr int gramTile = 128;            // rows of a dense matrix at a time

std::size_t at(int k) { return static_cast<std::size_t>(k); }

int checked(std::size_t size, const char* what) {
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error(ErrorKind::solver, std::string(what) + " would have more than 2147483647 entries", "TOO_LARGE");
  }
  return static_cast<int>(size);
}

}  // namespace

SparseDerivatives::SparseDerivatives(const Plan& plan, std::span<const Kernel> kernels, int firstStage,
                                     std::vector<double>& entries)
    : plan_(plan), kernels_(kernels), firstStage_(firstStage) {
  const std::size_t stageValues = plan.values.size() - at(firstStage);
  valueActive_.assign(stageValues, 0);
  stageOf_.assign(stageValues, -1);
  for (std::size_t s = 0; s < plan.stages.size(); ++s) {
    const Stage& stage = plan.stages[s];
    const bool differentiable = stage.active && stage.kind != Stage::Kind::maximum;
    std::fill_n(valueActive_.begin() + (stage.output - firstStage), stage.size, static_cast<char>(differentiable));
    std::fill_n(stageOf_.begin() + (stage.output - firstStage), stage.size, static_cast<int>(s));
  }
  findNeeded();

  checked(entries.size(), "the derivatives");
  constant_.assign(entries.size(), 0);
  constant_[one] = 1;
  for (const Kernel& kernel : kernels) {
    for (const Kernel::Partial& partial : kernel.partials()) {
      if (partial.constant)
        std::fill_n(constant_.begin() + static_cast<std::ptrdiff_t>(partial.offset), kernel.rows(), 1);
    }
  }
  rows_.assign(stageValues, {0, 0});
  for (std::size_t s = 0; s < plan.stages.size(); ++s) {
    const Stage& stage = plan.stages[s];
    if (!needed_[s]) continue;
    for (int k = 0; k < stage.size; ++k) addRow(entries, stage.output + k);
  }

  // J = C D: rows like any others, but kept apart.
  jacobianPattern_.lines = plan.constraints;
  jacobianPattern_.width = plan.variables;
  std::vector<Term> terms;
  const std::size_t firstEntry = columns_.size();
  const LinearRows& C = plan.constraintRows;
  for (int i = 0; i < C.rows(); ++i) {
    terms.clear();
    for (int k = C.offsets[at(i)]; k < C.offsets[at(i) + 1]; ++k) {
      addTerms(C.indices[at(k)], constantEntry(entries, C.coefficients[at(k)]), terms);
    }
    finishRow(entries, terms);
    jacobianPattern_.offsets.push_back(checked(columns_.size() - firstEntry, "the Jacobian"));
  }
  const auto begin = static_cast<std::ptrdiff_t>(firstEntry);
  jacobianPattern_.indices.assign(columns_.begin() + begin, columns_.end());
  jacobianEntries_.assign(entryOf_.begin() + begin, entryOf_.end());
  columns_.resize(firstEntry);
  entryOf_.resize(firstEntry);
  jacobianConstant_ =
      std::all_of(jacobianEntries_.begin(), jacobianEntries_.end(), [&](int e) { return constant_[at(e)]; });
}

void SparseDerivatives::findNeeded() {
  needed_.assign(plan_.stages.size(), 0);
  const auto need = [&](int value) {
    if (value >= firstStage_ && valueActive_[at(value - firstStage_)])
      needed_[at(stageOf_[at(value - firstStage_)])] = 1;
  };
  const auto needInput = [&](const Kernel& kernel, int input) {
    const IndexMap& map = kernel.input(input);
    for (int r = 0; r < kernel.rows(); ++r) need(map.at(r));
  };
  for (const int value : plan_.constraintRows.indices) need(value);
  for (std::size_t s = plan_.stages.size(); s-- > 0;) {
    const Stage& stage = plan_.stages[s];
    if (!stage.active) continue;
    if (stage.kind == Stage::Kind::kernel) {
      const Kernel& kernel = kernels_[at(stage.index)];
      for (const Kernel::Second& second : kernel.seconds()) {
        if (isGram(kernel, second)) continue;
        needInput(kernel, second.a);
        needInput(kernel, second.b);
      }
      if (!needed_[s]) continue;
      for (const Kernel::Partial& partial : kernel.partials()) needInput(kernel, partial.input);
    } else if (!needed_[s]) {
      continue;
    } else if (stage.kind == Stage::Kind::linear) {
      for (const int value : plan_.linear[at(stage.index)].indices) need(value);
    } else if (stage.kind == Stage::Kind::dense) {
      const DenseStage& dense = plan_.dense[at(stage.index)];
      const int size = dense.count * (dense.transposed ? dense.matrix->rows : dense.matrix->columns);
      for (int k = 0; k < size; ++k) need(dense.input.at(k));
    }
  }
}

SparseDerivatives::Row SparseDerivatives::row(int value) const {
  return value >= firstStage_ ? rows_[at(value - firstStage_)] : Row{0, 0};
}

int SparseDerivatives::constantEntry(std::vector<double>& entries, double value) {
  if (value == 1) return one;
  const bool last = !entries.empty() && constant_.back() && entries.back() == value;
  if (!last) {
    entries.push_back(value);
    constant_.push_back(1);
  }
  return checked(entries.size(), "the derivatives") - 1;
}

void SparseDerivatives::addTerms(int value, int coefficient, std::vector<Term>& terms) const {
  if (value < plan_.variables) {
    terms.push_back({value, coefficient, one});
    return;
  }
  const Row inner = row(value);
  for (std::size_t k = inner.begin; k < inner.end; ++k) terms.push_back({columns_[k], coefficient, entryOf_[k]});
}

/// Appends the terms as a row of D, those of a column as one entry.
void SparseDerivatives::finishRow(std::vector<double>& entries, std::vector<Term>& terms) {
  const auto before = [](const Term& x, const Term& y) { return x.column < y.column; };
  if (!std::is_sorted(terms.begin(), terms.end(), before)) std::stable_sort(terms.begin(), terms.end(), before);
  for (std::size_t k = 0; k < terms.size();) {
    std::size_t end = k;
    double sum = 0;
    bool constant = true;
    for (; end < terms.size() && terms[end].column == terms[k].column; ++end) {
      const Term& term = terms[end];
      constant = constant && constant_[at(term.a)] && constant_[at(term.b)];
      if (constant) sum += entries[at(term.a)] * entries[at(term.b)];
    }
    int entry;
    if (end == k + 1 && terms[k].a == one) {
      entry = terms[k].b;
    } else if (end == k + 1 && terms[k].b == one) {
      entry = terms[k].a;
    } else if (constant) {
      entry = constantEntry(entries, sum);
    } else {
      entry = checked(entries.size(), "the derivatives");
      entries.push_back(0);
      constant_.push_back(0);
      targets_.push_back(entry);
      for (std::size_t p = k; p < end; ++p) products_.emplace_back(terms[p].a, terms[p].b);
      offsets_.push_back(products_.size());
    }
    // What cancels by its constants is not there.
    if (!(constant && sum == 0)) {
      columns_.push_back(terms[k].column);
      entryOf_.push_back(entry);
    }
    k = end;
  }
}

void SparseDerivatives::addRow(std::vector<double>& entries, int value) {
  const Stage& stage = plan_.stages[at(stageOf_[at(value - firstStage_)])];
  const int r = value - stage.output;
  Row& row = rows_[at(value - firstStage_)];
  row.begin = columns_.size();
  std::vector<Term> terms;
  switch (stage.kind) {
    case Stage::Kind::kernel: {
      const Kernel& kernel = kernels_[at(stage.index)];
      for (const Kernel::Partial& partial : kernel.partials()) {
        addTerms(kernel.input(partial.input).at(r), static_cast<int>(partial.offset) + r, terms);
      }
      break;
    }
    case Stage::Kind::linear: {
      const LinearRows& linear = plan_.linear[at(stage.index)];
      for (int k = linear.offsets[at(r)]; k < linear.offsets[at(r) + 1]; ++k) {
        addTerms(linear.indices[at(k)], constantEntry(entries, linear.coefficients[at(k)]), terms);
      }
      break;
    }
    case Stage::Kind::dense: {
      const DenseStage& dense = plan_.dense[at(stage.index)];
      const ConstantMatrix& m = *dense.matrix;
      const int lines = dense.transposed ? m.columns : m.rows;
      const int width = dense.transposed ? m.rows : m.columns;
      const int line = r % lines;
      for (int j = 0; j < width; ++j) {
        const double by =
            dense.transposed ? m.values[at(j) * at(m.columns) + at(line)] : m.values[at(line) * at(m.columns) + at(j)];
        if (by != 0) addTerms(dense.input.at(r / lines * width + j), constantEntry(entries, by), terms);
      }
      break;
    }
    case Stage::Kind::maximum:
      break;
  }
  finishRow(entries, terms);
  row.end = columns_.size();
}

void SparseDerivatives::accumulate(std::vector<double>& entries) {
  if (accumulated_) return;
  accumulated_ = true;
  for (std::size_t k = 0; k < targets_.size(); ++k) {
    double sum = 0;
    for (std::size_t p = offsets_[k]; p < offsets_[k + 1]; ++p) {
      sum += entries[at(products_[p].first)] * entries[at(products_[p].second)];
    }
    entries[at(targets_[k])] = sum;
  }
}

void SparseDerivatives::jacobian(std::vector<double>& entries, std::span<double> values) {
  if (!jacobianConstant_) accumulate(entries);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = entries[at(jacobianEntries_[k])];
}

bool SparseDerivatives::isGram(const Kernel& kernel, const Kernel::Second& second) const {
  if (second.a != second.b) return false;
  const IndexMap& map = kernel.input(second.a);
  if (!map.list.empty() || map.stride != 1 || map.base < firstStage_) return false;
  const Stage& stage = plan_.stages[at(stageOf_[at(map.base - firstStage_)])];
  if (stage.kind != Stage::Kind::dense || stage.output != map.base || stage.size != kernel.rows()) return false;
  const DenseStage& dense = plan_.dense[at(stage.index)];
  return !dense.transposed && dense.count == 1 && dense.input.list.empty() && dense.input.stride == 1 &&
         dense.input.base + dense.matrix->columns <= plan_.variables &&
         std::all_of(dense.matrix->values.begin(), dense.matrix->values.end(), [](double x) { return x != 0; });
}

const SparsePattern& SparseDerivatives::hessianPattern() {
  if (!hessianKnown_) buildHessian();
  return hessianPattern_;
}

void SparseDerivatives::buildHessian() {
  struct Part {
    int row;
    int weight;
    int a, b;
  };
  const int n = plan_.variables;
  const auto length = [&](int value) { return value < n ? std::size_t{1} : row(value).end - row(value).begin; };
  const auto column = [&](int value, std::size_t k) { return value < n ? value : columns_[row(value).begin + k]; };
  const auto entry = [&](int value, std::size_t k) { return value < n ? one : entryOf_[row(value).begin + k]; };
  // Every product that is written down, once to count and once to store them by column.
  const auto forEachPart = [&](auto&& use, auto&& longOne) {
    for (const Kernel& kernel : kernels_) {
      for (const Kernel::Second& second : kernel.seconds()) {
        if (isGram(kernel, second)) continue;
        const int weight = static_cast<int>(second.offset);
        for (int r = 0; r < kernel.rows(); ++r) {
          const int u = kernel.input(second.a).at(r);
          const int v = kernel.input(second.b).at(r);
          const std::size_t lengthU = length(u);
          const std::size_t lengthV = length(v);
          if (lengthU * lengthV > mostWritten) {
            longOne(weight + r, u, v, second.a == second.b);
            continue;
          }
          for (std::size_t i = 0; i < lengthU; ++i) {
            for (std::size_t j = second.a == second.b ? i : 0; j < lengthV; ++j) {
              const int p = column(u, i);
              const int q = column(v, j);
              const Part part = {std::max(p, q), weight + r, entry(u, i), entry(v, j)};
              use(std::min(p, q), part);
              // (u v^T + v u^T) has an entry of its diagonal twice; so has u u^T one of two of its products.
              if (p == q && (second.a != second.b || i != j)) use(p, part);
            }
          }
        }
      }
    }
  };
  std::vector<std::size_t> offsets(at(n) + 1, 0);
  forEachPart([&](int p, const Part&) { ++offsets[at(p) + 1]; },
              [&](int weight, int u, int v, bool same) {
                outer_.push_back({weight, u, v});
                if (!same) outer_.push_back({weight, v, u});
              });
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  checked(offsets.back(), "the Hessian's sum of products");
  std::vector<Part> parts(offsets.back());
  std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
  forEachPart([&](int p, const Part& part) { parts[next[at(p)]++] = part; }, [](int, int, int, bool) {});

  // Long rows by column.
  outerOffsets_.assign(at(n) + 1, 0);
  for (const Outer& outer : outer_) {
    for (std::size_t k = 0; k < length(outer.u); ++k) ++outerOffsets_[at(column(outer.u, k)) + 1];
  }
  std::partial_sum(outerOffsets_.begin(), outerOffsets_.end(), outerOffsets_.begin());
  outerInColumn_.resize(outerOffsets_.back());
  next.assign(outerOffsets_.begin(), outerOffsets_.end() - 1);
  for (std::size_t o = 0; o < outer_.size(); ++o) {
    const Outer& outer = outer_[o];
    for (std::size_t k = 0; k < length(outer.u); ++k) {
      const int p = column(outer.u, k);
      std::size_t begin = 0;
      if (outer.v < n) {
        begin = outer.v >= p ? 0 : 1;
      } else {
        const Row other = row(outer.v);
        begin =
            static_cast<std::size_t>(std::lower_bound(columns_.begin() + static_cast<std::ptrdiff_t>(other.begin),
                                                      columns_.begin() + static_cast<std::ptrdiff_t>(other.end), p) -
                                     columns_.begin());
      }
      outerInColumn_[next[at(p)]++] = {static_cast<int>(o), entry(outer.u, k), begin};
    }
  }

  for (const Kernel& kernel : kernels_) {
    for (const Kernel::Second& second : kernel.seconds()) {
      if (!isGram(kernel, second)) continue;
      const Stage& stage = plan_.stages[at(stageOf_[at(kernel.input(second.a).base - firstStage_)])];
      const DenseStage& dense = plan_.dense[at(stage.index)];
      grams_.push_back({dense.matrix, static_cast<int>(second.offset), dense.input.base, {}});
    }
  }

  hessianPattern_.lines = n;
  hessianPattern_.width = n;
  directOffsets_.assign(1, 0);
  chainedOffsets_.assign(1, 0);
  work_.assign(at(n), 0);
  std::vector<int> mark(at(n), -1);
  std::vector<int> rows;
  for (int p = 0; p < n; ++p) {
    rows.clear();
    const auto note = [&](int q) {
      if (mark[at(q)] == p) return;
      mark[at(q)] = p;
      rows.push_back(q);
    };
    const auto begin = parts.begin() + static_cast<std::ptrdiff_t>(offsets[at(p)]);
    const auto end = parts.begin() + static_cast<std::ptrdiff_t>(offsets[at(p) + 1]);
    std::stable_sort(begin, end, [](const Part& x, const Part& y) { return x.row < y.row; });
    for (auto part = begin; part != end; ++part) note(part->row);
    for (std::size_t k = outerOffsets_[at(p)]; k < outerOffsets_[at(p) + 1]; ++k) {
      const OuterInColumn& part = outerInColumn_[k];
      const int v = outer_[at(part.outer)].v;
      if (v < n) {
        if (part.begin == 0) note(v);
      } else {
        for (std::size_t j = part.begin; j < row(v).end; ++j) note(columns_[j]);
      }
    }
    for (const Gram& gram : grams_) {
      if (p < gram.column) continue;
      for (int q = p; q < gram.column + gram.matrix->columns; ++q) note(q);
    }
    std::sort(rows.begin(), rows.end());
    const int firstEntry = static_cast<int>(hessianPattern_.indices.size());
    hessianPattern_.indices.insert(hessianPattern_.indices.end(), rows.begin(), rows.end());
    hessianPattern_.offsets.push_back(checked(hessianPattern_.indices.size(), "the Hessian"));
    for (Gram& gram : grams_) {
      if (p < gram.column || p >= gram.column + gram.matrix->columns) continue;
      gram.places.push_back(firstEntry);  // the diagonal is the first of its column
    }
    auto part = begin;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const std::size_t chainedBefore = chained_.size();
      for (; part != end && part->row == rows[k]; ++part) {
        if (part->a == one && part->b == one) {
          direct_.push_back(part->weight);
        } else {
          chained_.push_back({part->weight, part->a, part->b});
        }
      }
      directOffsets_.push_back(static_cast<int>(direct_.size()));
      if (chained_.size() > chainedBefore) {
        chainedEntries_.push_back(firstEntry + static_cast<int>(k));
        chainedOffsets_.push_back(static_cast<int>(chained_.size()));
      }
    }
    if (outerOffsets_[at(p) + 1] > outerOffsets_[at(p)]) outerColumns_.push_back(p);
  }
  int widest = 0;
  for (const Gram& gram : grams_) widest = std::max(widest, gram.matrix->columns);
  gramRows_.resize(at(widest) * gramTile);
  gramBlock_.resize(at(widest) * at(widest));
  hessianKnown_ = true;
}

void SparseDerivatives::hessian(std::vector<double>& entries, std::span<const double> weighted,
                                std::span<double> values) {
  if (!hessianKnown_) buildHessian();
  accumulate(entries);
  for (std::size_t k = 0; k < values.size(); ++k) {
    double sum = 0;
    for (int d = directOffsets_[k]; d < directOffsets_[k + 1]; ++d) sum += weighted[at(direct_[at(d)])];
    values[k] = sum;
  }
  for (std::size_t k = 0; k < chainedEntries_.size(); ++k) {
    double sum = 0;
    for (int c = chainedOffsets_[k]; c < chainedOffsets_[k + 1]; ++c) {
      const Chained& part = chained_[at(c)];
      sum += weighted[at(part.weight)] * entries[at(part.a)] * entries[at(part.b)];
    }
    values[at(chainedEntries_[k])] += sum;
  }
  for (const int p : outerColumns_) {
    for (std::size_t k = outerOffsets_[at(p)]; k < outerOffsets_[at(p) + 1]; ++k) {
      const OuterInColumn& part = outerInColumn_[k];
      const Outer& outer = outer_[at(part.outer)];
      const double scale = weighted[at(outer.weight)] * entries[at(part.entry)];
      if (outer.v < plan_.variables) {
        if (part.begin == 0) work_[at(outer.v)] += scale;
        continue;
      }
      const std::size_t end = row(outer.v).end;
      for (std::size_t j = part.begin; j < end; ++j) work_[at(columns_[j])] += scale * entries[at(entryOf_[j])];
    }
    for (int k = hessianPattern_.offsets[at(p)]; k < hessianPattern_.offsets[at(p) + 1]; ++k) {
      double& sum = work_[at(hessianPattern_.indices[at(k)])];
      values[at(k)] += sum;
      sum = 0;
    }
  }
  for (const Gram& gram : grams_) {
    // A^T diag(w) A, in tiles of rows scaled by the root of |w|, first those with w > 0 and then those with w < 0.
    const ConstantMatrix& m = *gram.matrix;
    const int width = m.columns;
    std::fill_n(gramBlock_.begin(), at(width) * at(width), 0.0);
    for (const double sign : {1.0, -1.0}) {
      int filled = 0;
      const auto flush = [&] {
        if (filled > 0) {
          blas::syrkLower('N', width, filled, sign, gramRows_.data(), width, 1.0, gramBlock_.data(), width);
        }
        filled = 0;
      };
      for (int i = 0; i < m.rows; ++i) {
        const double w = sign * weighted[at(gram.weight + i)];
        if (!(w > 0) && !(std::isnan(w) && sign > 0)) continue;
        const double root = std::sqrt(w);
        const double* from = m.values.data() + at(i) * at(width);
        double* to = gramRows_.data() + at(filled) * at(width);
        for (int j = 0; j < width; ++j) to[j] = root * from[j];
        if (++filled == gramTile) flush();
      }
      flush();
    }
    for (int p = 0; p < width; ++p) {
      // The entries from the diagonal to the block's end follow one another: all of them are in the pattern.
      double* to = values.data() + gram.places[at(p)];
      const double* from = gramBlock_.data() + at(p) * at(width) + at(p);
      for (int q = 0; q < width - p; ++q) to[q] += from[q];
    }
  }
}

}  // namespace nonconvex
