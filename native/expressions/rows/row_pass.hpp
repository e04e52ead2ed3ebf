// The memory of one thread: the numbers of one block of rows, forwards and backwards through a plan.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "expressions/rows/row_plan.hpp"
#include "expressions/rows/row_table.hpp"
#include "linalg/views.hpp"
#include "problems/finite_sum.hpp"

namespace nonconvex {

/// theta in its two parts: the n numbers of x, and what follows them.
template <class T>
struct RowTheta {
  T* x = nullptr;
  T* tail = nullptr;
  int n = 0;

  /// The numbers from a place on, of one part.
  T* operator()(int place) const { return place < n ? x + place : tail + (place - n); }
  explicit operator bool() const { return x != nullptr; }
};

/// A plan with the table that its columns are of.
struct BoundRows {
  /// Throws a RangeError that names a column that is missing or too wide, and an index that is out of range.
  BoundRows(std::shared_ptr<const RowPlan> rowPlan, std::shared_ptr<const RowTable> rowTable);

  std::shared_ptr<const RowPlan> plan;
  std::shared_ptr<const RowTable> table;
  std::vector<const int*> indices;  ///< indices of each lookup
};

/// One block at a time. After `forward` values of all stages are known; `backward` goes from adjoints of the outputs to
/// the gradient; `turn` and `backwardAlong` do the same along a tangent.
template <class T>
class RowPass {
 public:
  explicit RowPass(const BoundRows& rows);
  /// Makes room for `turn` and `backwardAlong`.
  void reserveTangents();

  /// Values for a set of at most plan.block rows. The numbers of `theta` have to live until the last call for this
  /// block.
  void forward(RowSet rows, RowTheta<const T> theta);
  /// Entry j of output k: one number for each row.
  const T* output(int k, int j = 0) const {
    return values_.data() + at(bound_->plan->outputs[at(k)].place.offset + j) * at(count_);
  }

  /// Adjoints of the outputs, all 0.
  void clearAdjoints();
  T* outputAdjoint(int k, int j = 0) {
    return adjoints_.data() + at(bound_->plan->outputs[at(k)].place.offset + j) * at(count_);
  }
  /// gradient += what the adjoints say. With `squares` the squares of the norms of rows' gradients are added to those
  /// instead, which a plan that is `separate` has in closed form.
  void backward(RowTheta<T> gradient, double* squares = nullptr);

  /// Tangents of all stages from those of theta; the tangents of constants are 0.
  void turn(RowTheta<const T> thetaTangent);
  const T* outputTangent(int k, int j = 0) const {
    return tangents_.data() + at(bound_->plan->outputs[at(k)].place.offset + j) * at(count_);
  }
  /// gradient, unless it is empty, += what the adjoints say, and along += the derivative of that in the direction of
  /// the tangents, where the outputs' adjoints do not change.
  void backwardAlong(RowTheta<T> gradient, RowTheta<T> along);

 private:
  using Buffer = HostBuffer<T>;

  T* in(const Buffer& block, int entry) const { return block.data() + at(entry) * at(count_); }
  void loadColumns();
  const T* storedRows(std::size_t product);
  template <class F>
  void forChunks(int size, F&& f) const;
  const T* read(const RowPlace& place, int size, const Buffer& block, RowTheta<const T> theta, int first, int entries,
                T* buffer) const;
  /// Adds slope, or one number, times `out` to the numbers at a place.
  void addTerms(const RowPlace& place, int size, const T* slope, T factor, const T* out, int first, int entries,
                const Buffer& block, RowTheta<T> gradient) const;
  void addSquares(const T* slope, T factor, const T* out, int entries, double* sums, double* squares) const;
  void readInputs(const RowKernel& kernel, int size, int first, int entries, bool tangentsToo);

  void kernelValue(const RowStage& stage);
  void kernelAdjoint(const RowStage& stage, RowTheta<T> gradient, double* squares);
  void kernelTangent(const RowStage& stage);
  void kernelAlong(const RowStage& stage, RowTheta<T> gradient, RowTheta<T> along);

  void multiply(const RowProduct& product, const T* stored, const T* weights, const T* in, T beta, T* out);
  void multiplyBack(const RowProduct& product, const T* weights, const T* out, T* in) const;
  void addWeights(const RowProduct& product, const T* stored, const T* in, const T* out, T* weights);
  void multiplySparse(const RowProduct& product, const T* weights, T* out);
  void addSparseWeights(const RowProduct& product, const T* out, T* weights);
  void addProductNorms(const RowProduct& product, const T* stored, const T* in, const T* out, double* squares);
  void productAdjoint(const RowStage& stage, RowTheta<T> gradient, double* squares);
  void productTangent(const RowStage& stage);
  void productAlong(const RowStage& stage, RowTheta<T> gradient, RowTheta<T> along);

  void forwardStage(const RowStage& stage);
  /// Stages that are linear in what they read: forwards for values or tangents, backwards for adjoints.
  void linearForward(const RowStage& stage, const Buffer& block, RowTheta<const T> theta);
  void linearBack(const RowStage& stage, const Buffer& block, RowTheta<T> gradient, double* squares);
  void lookupForward(const RowStage& stage, const Buffer& block, RowTheta<const T> theta) const;
  void lookupBack(const RowStage& stage, const Buffer& block, RowTheta<T> gradient, double* squares) const;
  void sparseProduct(const RowStage& stage, const Buffer& block, bool back) const;
  void logSumExp(const RowStage& stage);
  void logSumExpAdjoint(const RowStage& stage);
  void logSumExpTangent(const RowStage& stage);
  void logSumExpAlong(const RowStage& stage);

  const BoundRows* bound_;
  const RowPlan* plan_;
  RowSet rows_;
  int count_ = 0;
  RowTheta<const T> theta_, thetaTangent_;
  Buffer values_, adjoints_;
  Buffer tangents_, turned_;      // the adjoints' derivatives along the tangents
  std::vector<Buffer> gathered_;  // rows as they are stored, for each product that reads a column
  std::vector<const T*> stored_;  // addresses of the stored rows of this block
  std::vector<T> row_, sums_;     // numbers of the widest column or product; sums of rows
  std::vector<double> rowSums_;   // sums of rows for each input of a kernel
  Buffer buffers_;                // chunks: of the inputs of a kernel, their tangents, slopes, and how these turn
  std::vector<const T*> inputs_;
  std::vector<T*> outputs_;
  RowCode::Memory<T> memory_;
};

}  // namespace nonconvex
