#include "expressions/rows/row_pass.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "expressions/rows/row_operations.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

BoundRows::BoundRows(std::shared_ptr<const RowPlan> rowPlan, std::shared_ptr<const RowTable> rowTable)
    : plan(std::move(rowPlan)), table(std::move(rowTable)) {
  for (const RowPlan::UsedColumn& used : plan->columns) {
    require(at(used.column) < table->columns().size(), "rows: columns", table->columns().size(), "expected more");
    const RowColumn& column = table->column(used.column);
    require(column.width == used.size, column.name + ": numbers of a row", column.width, "expected " + show(used.size));
    if (used.indexLimit > 0) table->indices(used.column, used.indexLimit);
  }
  for (const RowLookup& lookup : plan->lookups) {
    indices.push_back(table->indices(lookup.column, lookup.from.size / lookup.width).data());
  }
}

template <class T>
RowPass<T>::RowPass(const BoundRows& rows) : bound_(&rows), plan_(rows.plan.get()) {
  const std::size_t block = at(plan_->block);
  values_ = Buffer(at(plan_->entries) * block);
  adjoints_ = Buffer(at(plan_->entries) * block);
  std::size_t widest = 1, inputs = 1;
  for (const RowPlan::UsedColumn& used : plan_->columns) widest = std::max(widest, at(used.size));
  gathered_.resize(plan_->products.size());
  stored_.resize(plan_->products.size());
  for (std::size_t p = 0; p < plan_->products.size(); ++p) {
    const RowProduct& product = plan_->products[p];
    widest = std::max({widest, at(product.in()), at(product.out())});
    if (product.column < 0 || rows.table->column(product.column).form == RowColumn::Form::sparse) continue;
    gathered_[p] = Buffer(at(product.in()) * block, Uninitialized{});
  }
  for (const RowKernel& kernel : plan_->kernels) {
    inputs = std::max(inputs, kernel.inputs.size());
    for (const RowCode* code : {&kernel.value, &kernel.slopes, &kernel.turns}) memory_.reserve(*code);
  }
  row_.resize(widest);
  sums_.resize(2 * block);
  rowSums_.resize(inputs * block);
  inputs_.resize(2 * inputs + 1);
  outputs_.resize(2 * inputs + 1);
  buffers_ = Buffer(4 * inputs * at(rowChunk));
}

template <class T>
void RowPass<T>::reserveTangents() {
  if (tangents_.size() > 0) return;
  tangents_ = Buffer(values_.size());
  turned_ = Buffer(values_.size());
}

template <class T>
void RowPass<T>::clearAdjoints() {
  std::fill_n(adjoints_.data(), at(plan_->entries) * at(count_), T(0));
}

// Forwards -----------------------------------------------------------------------------------------------------------

template <class T>
void RowPass<T>::loadColumns() {
  for (const RowPlan::Loaded& loaded : plan_->loaded) {
    const RowColumn& column = bound_->table->column(loaded.column);
    for (int r = 0; r < count_; ++r) {
      column.copyRow(rows_[r], row_.data());
      for (int j = 0; j < loaded.size; ++j) in(values_, loaded.output + j)[r] = row_[at(j)];
    }
  }
}

/// The rows of the column that a product reads, one after the other; null for sparse ones.
template <class T>
const T* RowPass<T>::storedRows(std::size_t product) {
  const RowProduct& reader = plan_->products[product];
  if (reader.column < 0) return nullptr;
  const RowColumn& column = bound_->table->column(reader.column);
  if (column.form == RowColumn::Form::sparse) return nullptr;
  const auto width = at(column.width);
  const T* const stored = column.stored<T>();
  if (stored != nullptr && rows_.indices == nullptr) return stored + at(rows_.first) * width;
  T* const to = gathered_[product].data();
  if (stored != nullptr) {
    gatherRows(stored, column.width, rows_.indices, count_, to);
  } else {
    for (int r = 0; r < count_; ++r) column.copyRow(rows_[r], to + at(r) * width);
  }
  return to;
}

template <class T>
void RowPass<T>::forward(RowSet rows, RowTheta<const T> theta) {
  rows_ = rows;
  count_ = rows.count;
  theta_ = theta;
  loadColumns();
  for (std::size_t p = 0; p < stored_.size(); ++p) stored_[p] = storedRows(p);
  for (const RowStage& stage : plan_->stages) forwardStage(stage);
}

template <class T>
void RowPass<T>::forwardStage(const RowStage& stage) {
  switch (stage.kind) {
    case RowStage::Kind::kernel:
      return kernelValue(stage);
    case RowStage::Kind::product: {
      const RowProduct& product = plan_->products[at(stage.index)];
      return multiply(product, stored_[at(stage.index)], theta_(product.weights), in(values_, product.input.offset), 0,
                      in(values_, stage.output));
    }
    case RowStage::Kind::logSumExp:
      return logSumExp(stage);
    default:
      return linearForward(stage, values_, theta_);
  }
}

template <class T>
void RowPass<T>::linearForward(const RowStage& stage, const Buffer& block, RowTheta<const T> theta) {
  T* const out = in(block, stage.output);
  switch (stage.kind) {
    case RowStage::Kind::sum: {
      const RowGroups& groups = plan_->groups[at(stage.index)];
      std::fill_n(out, at(stage.size) * at(count_), T(0));
      for (int k = 0; k < groups.input.size; ++k) {
        addInto(in(block, groups.input.offset + k), out + at(k / groups.group) * at(count_), count_);
      }
      return;
    }
    case RowStage::Kind::copy: {
      const RowCopy& copy = plan_->copies[at(stage.index)];
      for (int k = 0; k < stage.size; ++k) {
        const RowCopy::Entry& entry = copy.entries[at(k)];
        T* const to = out + at(k) * at(count_);
        if (entry.inTheta) {
          const bool none = !entry.active && &block != &values_;
          std::fill_n(to, count_, none ? T(0) : *theta(entry.offset));
        } else {
          std::copy_n(in(block, entry.offset), count_, to);
        }
      }
      return;
    }
    case RowStage::Kind::lookup:
      return lookupForward(stage, block, theta);
    default:
      return sparseProduct(stage, block, false);
  }
}

template <class T>
void RowPass<T>::lookupForward(const RowStage& stage, const Buffer& block, RowTheta<const T> theta) const {
  const RowLookup& lookup = plan_->lookups[at(stage.index)];
  const int* const indices = bound_->indices[at(stage.index)];
  T* out = in(block, stage.output);
  for (int i = 0; i < lookup.indices; ++i) {
    for (int r = 0; r < count_; ++r) {
      const int first = indices[at(rows_[r]) * at(lookup.indices) + at(i)] * lookup.width;
      for (int j = 0; j < lookup.width; ++j) {
        const std::size_t to = at(j) * at(count_) + at(r);
        out[to] =
            lookup.from.inTheta ? theta(lookup.from.offset)[first + j] : in(block, lookup.from.offset + first + j)[r];
      }
    }
    out += at(lookup.width) * at(count_);
  }
}

template <class T>
void RowPass<T>::lookupBack(const RowStage& stage, const Buffer& block, RowTheta<T> gradient, double* squares) const {
  const RowLookup& lookup = plan_->lookups[at(stage.index)];
  const int* const indices = bound_->indices[at(stage.index)];
  const T* out = in(block, stage.output);
  for (int i = 0; i < lookup.indices; ++i) {
    for (int r = 0; r < count_; ++r) {
      const int first = indices[at(rows_[r]) * at(lookup.indices) + at(i)] * lookup.width;
      for (int j = 0; j < lookup.width; ++j) {
        const T adjoint = out[at(j) * at(count_) + at(r)];
        if (!lookup.from.inTheta) {
          in(block, lookup.from.offset + first + j)[r] += adjoint;
        } else if (squares != nullptr) {
          squares[r] += static_cast<double>(adjoint) * static_cast<double>(adjoint);
        } else if (gradient) {
          gradient(lookup.from.offset)[first + j] += adjoint;
        }
      }
    }
    out += at(lookup.width) * at(count_);
  }
}

template <class T>
void RowPass<T>::sparseProduct(const RowStage& stage, const Buffer& block, bool back) const {
  const RowSparseProduct& product = plan_->sparseProducts[at(stage.index)];
  const ConstantMatrix& matrix = *product.matrix;
  const int inSize = product.transposed ? matrix.rows : matrix.columns;
  const int outSize = product.transposed ? matrix.columns : matrix.rows;
  if (!back) std::fill_n(in(block, stage.output), at(stage.size) * at(count_), T(0));
  for (int v = 0; v < product.count; ++v) {
    for (int i = 0; i < matrix.rows; ++i) {
      matrix.forRow(i, [&](int j, double value) {
        T* const from = in(block, product.input.offset + v * inSize + (product.transposed ? i : j));
        T* const to = in(block, stage.output + v * outSize + (product.transposed ? j : i));
        if (back) {
          addMultiple(static_cast<T>(value), to, from, count_);
        } else {
          addMultiple(static_cast<T>(value), from, to, count_);
        }
      });
    }
  }
}

// Backwards ----------------------------------------------------------------------------------------------------------

template <class T>
void RowPass<T>::backward(RowTheta<T> gradient, double* squares) {
  for (std::size_t s = plan_->stages.size(); s-- > 0;) {
    const RowStage& stage = plan_->stages[s];
    if (!stage.active) continue;
    switch (stage.kind) {
      case RowStage::Kind::kernel:
        kernelAdjoint(stage, gradient, squares);
        break;
      case RowStage::Kind::product:
        productAdjoint(stage, gradient, squares);
        break;
      case RowStage::Kind::logSumExp:
        logSumExpAdjoint(stage);
        break;
      default:
        linearBack(stage, adjoints_, gradient, squares);
    }
  }
}

template <class T>
void RowPass<T>::linearBack(const RowStage& stage, const Buffer& block, RowTheta<T> gradient, double* squares) {
  const T* const out = in(block, stage.output);
  switch (stage.kind) {
    case RowStage::Kind::sum: {
      const RowGroups& groups = plan_->groups[at(stage.index)];
      for (int k = 0; k < groups.input.size; ++k) {
        addInto(out + at(k / groups.group) * at(count_), in(block, groups.input.offset + k), count_);
      }
      return;
    }
    case RowStage::Kind::copy: {
      const RowCopy& copy = plan_->copies[at(stage.index)];
      for (int k = 0; k < stage.size; ++k) {
        const RowCopy::Entry& entry = copy.entries[at(k)];
        if (!entry.active) continue;
        const T* const from = out + at(k) * at(count_);
        addTerms({entry.inTheta, entry.offset, 1}, 1, nullptr, 1, from, 0, 1, block, gradient);
        if (entry.inTheta && squares != nullptr) addSquares(nullptr, 1, from, 1, nullptr, squares);
      }
      return;
    }
    case RowStage::Kind::lookup:
      return lookupBack(stage, block, gradient, squares);
    default:
      return sparseProduct(stage, block, true);
  }
}

// Along a tangent ----------------------------------------------------------------------------------------------------

template <class T>
void RowPass<T>::turn(RowTheta<const T> thetaTangent) {
  thetaTangent_ = thetaTangent;
  for (const RowPlan::Loaded& loaded : plan_->loaded) {
    std::fill_n(in(tangents_, loaded.output), at(loaded.size) * at(count_), T(0));
  }
  for (const RowStage& stage : plan_->stages) {
    if (!stage.active) {
      std::fill_n(in(tangents_, stage.output), at(stage.size) * at(count_), T(0));
      continue;
    }
    switch (stage.kind) {
      case RowStage::Kind::kernel:
        kernelTangent(stage);
        break;
      case RowStage::Kind::product:
        productTangent(stage);
        break;
      case RowStage::Kind::logSumExp:
        logSumExpTangent(stage);
        break;
      default:
        linearForward(stage, tangents_, thetaTangent_);
    }
  }
}

template <class T>
void RowPass<T>::backwardAlong(RowTheta<T> gradient, RowTheta<T> along) {
  std::fill_n(turned_.data(), at(plan_->entries) * at(count_), T(0));
  for (std::size_t s = plan_->stages.size(); s-- > 0;) {
    const RowStage& stage = plan_->stages[s];
    if (!stage.active) continue;
    switch (stage.kind) {
      case RowStage::Kind::kernel:
        kernelAlong(stage, gradient, along);
        break;
      case RowStage::Kind::product:
        productAlong(stage, gradient, along);
        break;
      case RowStage::Kind::logSumExp:
        logSumExpAlong(stage);
        break;
      default:
        linearBack(stage, adjoints_, gradient, nullptr);
        linearBack(stage, turned_, along, nullptr);
    }
  }
}

// Kernels ------------------------------------------------------------------------------------------------------------

/// Calls f(first, entries) for the entries of a stage, a chunk of numbers at a time.
template <class T>
template <class F>
void RowPass<T>::forChunks(int size, F&& f) const {
  const int entries = std::max(1, rowChunk / count_);
  for (int first = 0; first < size; first += entries) f(first, std::min(entries, size - first));
}

/// Numbers of `entries` entries of a stage of `size` from what stands at a place, where they are or in the buffer.
template <class T>
const T* RowPass<T>::read(const RowPlace& place, int size, const Buffer& block, RowTheta<const T> theta, int first,
                          int entries, T* buffer) const {
  const bool every = place.size == size;
  if (place.inTheta) {
    const T* const from = theta(place.offset);
    for (int e = 0; e < entries; ++e) std::fill_n(buffer + e * count_, count_, from[every ? first + e : 0]);
    return buffer;
  }
  if (every) return in(block, place.offset + first);
  const T* const from = in(block, place.offset);
  if (entries == 1) return from;
  for (int e = 0; e < entries; ++e) std::copy_n(from, count_, buffer + e * count_);
  return buffer;
}

template <class T>
void RowPass<T>::addTerms(const RowPlace& place, int size, const T* slope, T factor, const T* out, int first,
                          int entries, const Buffer& block, RowTheta<T> gradient) const {
  const bool every = place.size == size;
  const int whole = entries * count_;
  if (!place.inTheta) {
    const int step = every ? whole : count_;
    T* const to = in(block, place.offset + (every ? first : 0));
    for (int k = 0; k < whole; k += step) {
      if (slope != nullptr) {
        addProducts(slope + k, out + k, to, step);
      } else {
        addMultiple(factor, out + k, to, step);
      }
    }
    return;
  }
  if (!gradient) return;
  T* const to = gradient(place.offset) + (every ? first : 0);
  const int step = every ? count_ : whole;
  for (int k = 0; k < whole; k += step) {
    to[k / step] += slope != nullptr ? dotOf(slope + k, out + k, step) : factor * sumOf(out + k, step);
  }
}

/// Squares of the terms of each row for each entry of theta; those of one number that serves all entries are added up
/// in `sums` first.
template <class T>
void RowPass<T>::addSquares(const T* slope, T factor, const T* out, int entries, double* sums, double* squares) const {
  for (int e = 0; e < entries; ++e) {
    for (int r = 0; r < count_; ++r) {
      const int k = e * count_ + r;
      const double term = static_cast<double>(slope != nullptr ? slope[k] : factor) * static_cast<double>(out[k]);
      if (sums != nullptr) {
        sums[r] += term;
      } else {
        squares[r] += term * term;
      }
    }
  }
}

/// Points `inputs_` to the inputs of a chunk, and behind them to their tangents.
template <class T>
void RowPass<T>::readInputs(const RowKernel& kernel, int size, int first, int entries, bool tangentsToo) {
  const std::size_t count = kernel.inputs.size();
  T* buffer = buffers_.data();
  for (std::size_t k = 0; k < count; ++k, buffer += rowChunk) {
    inputs_[k] = read(kernel.inputs[k].place, size, values_, theta_, first, entries, buffer);
  }
  if (!tangentsToo) return;
  for (std::size_t k = 0; k < count; ++k, buffer += rowChunk) {
    if (!kernel.inputs[k].active) continue;
    inputs_[count + k] = read(kernel.inputs[k].place, size, tangents_, thetaTangent_, first, entries, buffer);
  }
}

template <class T>
void RowPass<T>::kernelValue(const RowStage& stage) {
  const RowKernel& kernel = plan_->kernels[at(stage.index)];
  forChunks(stage.size, [&](int first, int entries) {
    readInputs(kernel, stage.size, first, entries, false);
    inputs_[kernel.inputs.size()] = nullptr;
    outputs_[0] = in(values_, stage.output + first);
    kernel.value.run(inputs_.data(), outputs_.data(), entries * count_, memory_);
  });
}

template <class T>
void RowPass<T>::kernelAdjoint(const RowStage& stage, RowTheta<T> gradient, double* squares) {
  const RowKernel& kernel = plan_->kernels[at(stage.index)];
  const std::size_t inputs = kernel.inputs.size();
  if (squares != nullptr) std::fill(rowSums_.begin(), rowSums_.end(), 0.0);
  T* const slopes = buffers_.data() + 2 * inputs * rowChunk;
  for (std::size_t o = 0; o < kernel.slopeOf.size(); ++o) outputs_[o] = slopes + o * rowChunk;
  forChunks(stage.size, [&](int first, int entries) {
    if (!kernel.slopeOf.empty()) {
      readInputs(kernel, stage.size, first, entries, false);
      inputs_[inputs] = in(values_, stage.output + first);
      kernel.slopes.run(inputs_.data(), outputs_.data(), entries * count_, memory_);
    }
    const T* const out = in(adjoints_, stage.output + first);
    std::size_t o = 0;
    for (std::size_t k = 0; k < inputs; ++k) {
      const RowKernel::Input& input = kernel.inputs[k];
      if (!input.active || input.slope == 0) continue;
      const T* const slope = std::isnan(input.slope) ? outputs_[o++] : nullptr;
      const T factor = static_cast<T>(input.slope);
      if (squares != nullptr && input.place.inTheta) {
        double* const sums = input.place.size == stage.size ? nullptr : rowSums_.data() + k * at(plan_->block);
        addSquares(slope, factor, out, entries, sums, squares);
      } else {
        addTerms(input.place, stage.size, slope, factor, out, first, entries, adjoints_, gradient);
      }
    }
  });
  if (squares == nullptr) return;
  for (std::size_t k = 0; k < inputs; ++k) {
    const double* const sums = rowSums_.data() + k * at(plan_->block);
    for (int r = 0; r < count_; ++r) squares[r] += sums[r] * sums[r];
  }
}

template <class T>
void RowPass<T>::kernelTangent(const RowStage& stage) {
  const RowKernel& kernel = plan_->kernels[at(stage.index)];
  const std::size_t inputs = kernel.inputs.size();
  T* const slopes = buffers_.data() + 2 * inputs * rowChunk;
  for (std::size_t o = 0; o < kernel.slopeOf.size(); ++o) outputs_[o] = slopes + o * rowChunk;
  forChunks(stage.size, [&](int first, int entries) {
    readInputs(kernel, stage.size, first, entries, true);
    const T* const firstTangent = std::exchange(inputs_[inputs], in(values_, stage.output + first));
    kernel.slopes.run(inputs_.data(), outputs_.data(), entries * count_, memory_);
    T* const out = in(tangents_, stage.output + first);
    std::fill_n(out, entries * count_, T(0));
    std::size_t o = 0;
    for (std::size_t k = 0; k < inputs; ++k) {
      const RowKernel::Input& input = kernel.inputs[k];
      if (!input.active || input.slope == 0) continue;
      const T* const along = k == 0 ? firstTangent : inputs_[inputs + k];
      if (std::isnan(input.slope)) {
        addProducts(outputs_[o++], along, out, entries * count_);
      } else {
        addMultiple(static_cast<T>(input.slope), along, out, entries * count_);
      }
    }
  });
}

/// Slopes and how they turn, for the two kinds of adjoints.
template <class T>
void RowPass<T>::kernelAlong(const RowStage& stage, RowTheta<T> gradient, RowTheta<T> along) {
  const RowKernel& kernel = plan_->kernels[at(stage.index)];
  const std::size_t inputs = kernel.inputs.size();
  T* const slopes = buffers_.data() + 2 * inputs * rowChunk;
  T* const turns = slopes + inputs * rowChunk;
  forChunks(stage.size, [&](int first, int entries) {
    const int count = entries * count_;
    const T* const value = in(values_, stage.output + first);
    readInputs(kernel, stage.size, first, entries, true);
    inputs_[2 * inputs] = value;
    for (std::size_t o = 0; o < kernel.turnOf.size(); ++o) outputs_[o] = turns + o * rowChunk;
    kernel.turns.run(inputs_.data(), outputs_.data(), count, memory_);
    inputs_[inputs] = value;
    for (std::size_t o = 0; o < kernel.slopeOf.size(); ++o) outputs_[o] = slopes + o * rowChunk;
    kernel.slopes.run(inputs_.data(), outputs_.data(), count, memory_);
    const T* const out = in(adjoints_, stage.output + first);
    const T* const turned = in(turned_, stage.output + first);
    std::size_t o = 0;
    for (std::size_t k = 0; k < inputs; ++k) {
      const RowKernel::Input& input = kernel.inputs[k];
      if (!input.active || input.slope == 0) continue;
      const T* const slope = std::isnan(input.slope) ? slopes + o++ * rowChunk : nullptr;
      const T factor = static_cast<T>(input.slope);
      addTerms(input.place, stage.size, slope, factor, out, first, entries, adjoints_, gradient);
      addTerms(input.place, stage.size, slope, factor, turned, first, entries, turned_, along);
    }
    for (o = 0; o < kernel.turnOf.size(); ++o) {
      const RowKernel::Input& input = kernel.inputs[at(kernel.turnOf[o])];
      addTerms(input.place, stage.size, turns + o * rowChunk, 1, out, first, entries, turned_, along);
    }
  });
}

// Products -----------------------------------------------------------------------------------------------------------

/// out = the product + beta out
template <class T>
void RowPass<T>::multiply(const RowProduct& product, const T* stored, const T* weights, const T* input, T beta,
                          T* out) {
  const int in = product.in(), size = product.out();
  if (product.column >= 0 && stored == nullptr) {
    if (beta == 0) std::fill_n(out, at(size) * at(count_), T(0));
    return multiplySparse(product, weights, out);
  }
  const T one = 1;
  if (size == 1 && product.count == 1) {
    if (stored != nullptr) return blas::gemv('T', in, count_, one, stored, in, weights, beta, out);
    return blas::gemv('N', count_, in, one, input, count_, weights, beta, out);
  }
  const char turned = product.transposed ? 'T' : 'N';
  for (int v = 0; v < product.count; ++v) {
    T* const to = out + at(v * size) * at(count_);
    if (stored != nullptr) {
      blas::gemm('T', turned, count_, size, in, one, stored, in, weights, product.columns, beta, to, count_);
    } else {
      blas::gemm('N', turned, count_, size, in, one, input + at(v * in) * at(count_), count_, weights, product.columns,
                 beta, to, count_);
    }
  }
}

/// in += W^T out, or W out
template <class T>
void RowPass<T>::multiplyBack(const RowProduct& product, const T* weights, const T* out, T* input) const {
  const int in = product.in(), size = product.out();
  const char turned = product.transposed ? 'N' : 'T';
  const T one = 1;
  for (int v = 0; v < product.count; ++v) {
    blas::gemm('N', turned, count_, in, size, one, out + at(v * size) * at(count_), count_, weights, product.columns,
               one, input + at(v * in) * at(count_), count_);
  }
}

/// W += out x^T, or x out^T, summed over the rows
template <class T>
void RowPass<T>::addWeights(const RowProduct& product, const T* stored, const T* input, const T* out, T* weights) {
  const int in = product.in(), size = product.out();
  if (product.column >= 0 && stored == nullptr) return addSparseWeights(product, out, weights);
  const T one = 1;
  if (size == 1 && product.count == 1) {
    if (stored != nullptr) return blas::gemv('N', in, count_, one, stored, in, out, one, weights);
    return blas::gemv('T', count_, in, one, input, count_, out, one, weights);
  }
  for (int v = 0; v < product.count; ++v) {
    const T* const x = stored != nullptr ? stored : input + at(v * in) * at(count_);
    const T* const z = out + at(v * size) * at(count_);
    const int stride = stored != nullptr ? in : count_;
    if (product.transposed) {
      blas::gemm('T', stored != nullptr ? 'T' : 'N', size, in, count_, one, z, count_, x, stride, one, weights,
                 product.columns);
    } else {
      blas::gemm(stored != nullptr ? 'N' : 'T', 'N', in, size, count_, one, x, stride, z, count_, one, weights,
                 product.columns);
    }
  }
}

template <class T>
void RowPass<T>::multiplySparse(const RowProduct& product, const T* weights, T* out) {
  const SparseMatrix& x = bound_->table->column(product.column).sparse;
  const int size = product.out();
  const std::size_t step = product.transposed ? 1 : at(product.columns);    // distance from one output to the next
  const std::size_t stride = product.transposed ? at(product.columns) : 1;  // distance from one input to the next
  for (int r = 0; r < count_; ++r) {
    const int i = rows_[r];
    const int begin = x.offsets[at(i)], end = x.offsets[at(i) + 1];
    if (size == 1) {
      T sum = 0;
      for (int k = begin; k < end; ++k) sum += static_cast<T>(x.values[at(k)]) * weights[at(x.indices[at(k)]) * stride];
      out[r] += sum;
      continue;
    }
    std::fill_n(row_.data(), size, T(0));
    for (int k = begin; k < end; ++k) {
      const T value = static_cast<T>(x.values[at(k)]);
      const T* const w = weights + at(x.indices[at(k)]) * stride;
      for (int o = 0; o < size; ++o) row_[at(o)] += value * w[at(o) * step];
    }
    for (int o = 0; o < size; ++o) out[at(o) * at(count_) + at(r)] += row_[at(o)];
  }
}

template <class T>
void RowPass<T>::addSparseWeights(const RowProduct& product, const T* out, T* weights) {
  const SparseMatrix& x = bound_->table->column(product.column).sparse;
  const int size = product.out();
  const std::size_t step = product.transposed ? 1 : at(product.columns);
  const std::size_t stride = product.transposed ? at(product.columns) : 1;
  for (int r = 0; r < count_; ++r) {
    const int i = rows_[r];
    for (int o = 0; o < size; ++o) row_[at(o)] = out[at(o) * at(count_) + at(r)];
    for (int k = x.offsets[at(i)]; k < x.offsets[at(i) + 1]; ++k) {
      const T value = static_cast<T>(x.values[at(k)]);
      T* const w = weights + at(x.indices[at(k)]) * stride;
      for (int o = 0; o < size; ++o) w[at(o) * step] += value * row_[at(o)];
    }
  }
}

namespace {

/// The root of the sum of squares of `count` numbers, also where squares are beyond the range of doubles.
template <class Number>
double normOf(int count, Number&& number) {
  double squares = 0, largest = 0, shares = 0;
  for (int k = 0; k < count; ++k) squares += number(k) * number(k);
  if (squares > 1e-280 && std::isfinite(squares)) return std::sqrt(squares);
  for (int k = 0; k < count; ++k) largest = std::max(largest, std::abs(number(k)));
  if (largest == 0) return 0;
  for (int k = 0; k < count; ++k) shares += (number(k) / largest) * (number(k) / largest);
  return largest * std::sqrt(shares);
}

}  // namespace

/// Adds ||out x^T||^2 = (||out|| ||x||)^2 of each row.
template <class T>
void RowPass<T>::addProductNorms(const RowProduct& product, const T* stored, const T* input, const T* out,
                                 double* squares) {
  const int width = product.in();
  for (int r = 0; r < count_; ++r) {
    double norm = normOf(product.out(), [&](int o) { return static_cast<double>(out[at(o) * at(count_) + at(r)]); });
    if (product.column >= 0 && stored == nullptr) {
      const SparseMatrix& x = bound_->table->column(product.column).sparse;
      const int first = x.offsets[at(rows_[r])], end = x.offsets[at(rows_[r]) + 1];
      norm *= normOf(end - first, [&](int k) { return x.values[at(first + k)]; });
    } else {
      const T* const from = stored != nullptr ? stored + at(r) * at(width) : input + r;
      const std::size_t step = stored != nullptr ? 1 : at(count_);
      norm *= normOf(width, [&](int j) { return static_cast<double>(from[at(j) * step]); });
    }
    squares[r] += norm * norm;
  }
}

template <class T>
void RowPass<T>::productAdjoint(const RowStage& stage, RowTheta<T> gradient, double* squares) {
  const RowProduct& product = plan_->products[at(stage.index)];
  const T* const stored = stored_[at(stage.index)];
  const T* const input = in(values_, product.input.offset);
  const T* const out = in(adjoints_, stage.output);
  if (product.weightsActive && squares != nullptr) {
    addProductNorms(product, stored, input, out, squares);
  } else if (product.weightsActive && gradient) {
    addWeights(product, stored, input, out, gradient(product.weights));
  }
  if (product.inputActive) multiplyBack(product, theta_(product.weights), out, in(adjoints_, product.input.offset));
}

template <class T>
void RowPass<T>::productTangent(const RowStage& stage) {
  const RowProduct& product = plan_->products[at(stage.index)];
  const T* const stored = stored_[at(stage.index)];
  T* const out = in(tangents_, stage.output);
  T beta = 0;
  if (product.weightsActive) {
    const T* const weights = thetaTangent_(product.weights);
    multiply(product, stored, weights, in(values_, product.input.offset), beta, out);
    beta = 1;
  }
  if (product.inputActive) {
    multiply(product, nullptr, theta_(product.weights), in(tangents_, product.input.offset), beta, out);
  }
}

template <class T>
void RowPass<T>::productAlong(const RowStage& stage, RowTheta<T> gradient, RowTheta<T> along) {
  const RowProduct& product = plan_->products[at(stage.index)];
  const T* const stored = stored_[at(stage.index)];
  const T* const out = in(adjoints_, stage.output);
  const T* const turned = in(turned_, stage.output);
  const T* const input = in(values_, product.input.offset);
  if (product.weightsActive) {
    if (gradient) addWeights(product, stored, input, out, gradient(product.weights));
    addWeights(product, stored, input, turned, along(product.weights));
    if (product.inputActive) {
      addWeights(product, nullptr, in(tangents_, product.input.offset), out, along(product.weights));
    }
  }
  if (!product.inputActive) return;
  T* const turnedInput = in(turned_, product.input.offset);
  multiplyBack(product, theta_(product.weights), out, in(adjoints_, product.input.offset));
  multiplyBack(product, theta_(product.weights), turned, turnedInput);
  if (product.weightsActive) multiplyBack(product, thetaTangent_(product.weights), out, turnedInput);
}

// Logarithms of sums of exponentials ---------------------------------------------------------------------------------

template <class T>
void RowPass<T>::logSumExp(const RowStage& stage) {
  const RowGroups& groups = plan_->groups[at(stage.index)];
  T* const power = sums_.data();
  T* const sum = sums_.data() + plan_->block;
  for (int g = 0; g < stage.size; ++g) {
    T* const out = in(values_, stage.output + g);
    const int first = groups.input.offset + g * groups.group;
    std::copy_n(in(values_, first), count_, out);
    for (int k = 1; k < groups.group; ++k) raiseTo(in(values_, first + k), out, count_);
    std::fill_n(sum, count_, T(0));
    for (int k = 0; k < groups.group; ++k) {
      expOfDifference(in(values_, first + k), out, power, count_);
      addInto(power, sum, count_);
    }
    for (int r = 0; r < count_; ++r) out[r] += std::log(sum[r]);
  }
}

template <class T>
void RowPass<T>::logSumExpAdjoint(const RowStage& stage) {
  const RowGroups& groups = plan_->groups[at(stage.index)];
  T* const share = sums_.data();
  for (int k = 0; k < groups.input.size; ++k) {
    const int g = k / groups.group;
    expOfDifference(in(values_, groups.input.offset + k), in(values_, stage.output + g), share, count_);
    addProducts(share, in(adjoints_, stage.output + g), in(adjoints_, groups.input.offset + k), count_);
  }
}

template <class T>
void RowPass<T>::logSumExpTangent(const RowStage& stage) {
  const RowGroups& groups = plan_->groups[at(stage.index)];
  T* const share = sums_.data();
  std::fill_n(in(tangents_, stage.output), at(stage.size) * at(count_), T(0));
  for (int k = 0; k < groups.input.size; ++k) {
    const int g = k / groups.group;
    expOfDifference(in(values_, groups.input.offset + k), in(values_, stage.output + g), share, count_);
    addProducts(share, in(tangents_, groups.input.offset + k), in(tangents_, stage.output + g), count_);
  }
}

template <class T>
void RowPass<T>::logSumExpAlong(const RowStage& stage) {
  const RowGroups& groups = plan_->groups[at(stage.index)];
  T* const share = sums_.data();
  for (int k = 0; k < groups.input.size; ++k) {
    const int g = k / groups.group;
    const int entry = groups.input.offset + k;
    expOfDifference(in(values_, entry), in(values_, stage.output + g), share, count_);
    const T* const out = in(adjoints_, stage.output + g);
    addProducts(share, out, in(adjoints_, entry), count_);
    addProducts(share, in(turned_, stage.output + g), in(turned_, entry), count_);
    const T* const of = in(tangents_, entry);
    const T* const whole = in(tangents_, stage.output + g);
    T* const to = in(turned_, entry);
    for (int r = 0; r < count_; ++r) to[r] += share[r] * (of[r] - whole[r]) * out[r];
  }
}

template class RowPass<double>;
template class RowPass<float>;

}  // namespace nonconvex
