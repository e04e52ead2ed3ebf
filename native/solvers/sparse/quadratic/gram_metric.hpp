// The quadratic that a loss is replaced by on the columns in use: their Gram matrix with weights.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"
#include "linalg/vector_kernels.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/losses/loss.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// The columns in use, each with its place, and G = X^T H X of these, centred with the weights h where there is an
/// intercept, which is best eliminated: G_jk = sum_i h_i (x_ij - m_j) (x_ik - m_k), m_j the mean by h. Columns are
/// added, never taken away.
class GramMetric final : public QuadraticForm {
 public:
  /// `always`: whether G is needed where steps by rows would take less, too.
  GramMetric(const Cpu& la, const SparseData& data, bool intercept, bool always = false);

  /// Rows of the data.
  int rows() const { return data_.n(); }
  int size() const override { return static_cast<int>(columns_.size()); }
  int column(int place) const { return columns_[at(place)]; }
  const std::vector<int>& columns() const { return columns_; }
  /// -1 if the column is not in use.
  int place(int column) const { return places_[at(column)]; }
  /// G_jj
  double curvature(int place) const override { return curvatures_[at(place)]; }
  /// G_jj as it would be of any column of the data, in one pass over that.
  double curvatureOf(int column) const;
  /// G of any columns of the data.
  HostMatrix<double> gramOf(std::span<const int> columns) const;
  /// The mean of a column by h, 0 without an intercept.
  double mean(int place) const { return centred() ? means_[at(place)] : 0; }
  double totalWeight() const { return total_; }
  /// Entries of the columns in use, and of one of them where x is sparse.
  double entries() const { return entries_; }
  int entriesOf(int place) const { return static_cast<int>(begins_[at(place) + 1] - begins_[at(place)]); }
  /// Products of entries that G is made of, where x is sparse.
  double pairs() {
    collectRows();
    return pairs_;
  }

  /// Takes columns in that are not in use.
  void add(std::span<const int> columns);
  /// Whether steps take fewer numbers by rows than with G: the entries of a column twice in place of a number for each
  /// column in use.
  bool byRows() const { return goesByRows(size(), entries_); }
  /// Whether there is memory for these columns as well, and for G where steps do not go by rows.
  bool hasRoomFor(std::span<const int> columns) const;
  /// Throws OUT_OF_MEMORY where there is none.
  void requireRoomFor(std::span<const int> columns) const;
  /// Whether there is memory for G.
  bool affordsGram() const;
  /// New weights h of the rows.
  void setWeights(std::span<const double> h) { setWeights(h, nullptr); }
  /// New weights, and a loss whose outer products with the columns G is less by, and none of it centred.
  /// Then what goes by rows, which does not have them, is of no use.
  void setWeights(std::span<const double> h, const RowsLoss* outer);

  /// Computes what is missing of G, of which the other members need nothing.
  void needGram() override;
  bool hasGram() const override { return filled_ == size(); }
  bool hasOuter() const { return outer_ != nullptr; }
  /// Column j of G, both triangles, once needGram() has been called.
  const double* gram(int place) const override { return gram_.column(place); }

  /// out := a column, as it is in use: with its shift where x is dense, without where it is sparse.
  void copy(int place, std::span<double> out) const;
  /// column . r, and r += t times the weighted column.
  double dot(int place, const double* r) const;
  void addWeighted(int place, double t, double* r) const;
  /// out_place = column . r for all columns in use.
  void gradient(std::span<const double> r, std::span<double> out) const;
  /// t += sum of b_place column, less shifts.
  void addProduct(std::span<const double> b, std::span<double> t) const;
  /// rows := H X b, less the shifts; returns its sum. The entry of G b at a place is ofRows() of it.
  double rowsOf(std::span<const double> b, std::span<double> rows) const;
  /// Adds t times a sparse column to u = H^1/2 X d, less the shifts: such products read the entries of one array alone.
  void addScaled(int place, double t, std::span<double> u) const;
  /// The sum of H X d, less the shifts.
  double sumOfScaled(std::span<const double> u) const;
  /// d^T G d
  double squaredNormOfScaled(std::span<const double> u) const;
  /// The entry of G d at a place.
  double ofScaled(int place, std::span<const double> u, double sum) const {
    const std::size_t first = begins_[at(place)];
    return loops::sparseDot(entriesOf(place), &scaledValues_[first], &entryRows_[first], u.data()) - mean(place) * sum;
  }
  double ofRows(int place, std::span<const double> rows, double sum) const {
    return dot(place, rows.data()) - mean(place) * sum;
  }

 private:
  struct Tuning;
  bool centred() const { return intercept_ && !outer_; }
  bool goesByRows(double columns, double entries) const {
    return data_.x().sparse() && !always_ && !hasOuter() && 2 * entries < columns * columns;
  }
  double bytesOfGram(double columns) const;
  double bytesWith(std::span<const int> columns) const;
  /// f(row, entry) for the entries of a sparse column in use, scaled.
  template <class F>
  void forEntries(int place, F&& f) const {
    for (std::size_t k = begins_[at(place)]; k < begins_[at(place) + 1]; ++k) f(entryRows_[k], entryValues_[k]);
  }
  int columnsBetweenLooks() const;
  void copyColumn(int place);
  void reservePanel(int count);
  void reserveGram();
  void setRoots();
  void measure(int first);
  std::pair<double, double> weighSparse(int place);
  std::pair<double, double> weighDense(int place);
  int fill(int first);
  void fillDense(int first);
  void subtractOuter(int first);
  const double* denseColumn(int place);
  void fillByColumns(int first);
  void fillByRows();
  void collectRows();
  void finish(int first);

  const Cpu& la_;
  const SparseData& data_;
  bool intercept_, always_;
  std::vector<int> columns_, places_;
  std::vector<double> h_, roots_, means_, curvatures_;
  double total_ = 0, entries_ = 0;
  int filled_ = 0;  ///< rows of G that are there
  HostMatrix<double> gram_;
  HostMatrix<double> panel_;  ///< dense columns in use, shifted and scaled
  const RowsLoss* outer_ = nullptr;
  HostMatrix<double> products_;                      ///< outer products of the columns in use
  mutable std::vector<double> column_, productsOf_;  ///< of a column that is not
  // Sparse columns in use, scaled, one after another in the order of their places.
  std::vector<std::size_t> begins_{0};
  std::vector<int> entryRows_;
  std::vector<double> entryValues_, scaledValues_;  ///< the latter times the roots of h
  HostMatrix<double> block_;                        ///< some of them, times h
  std::vector<double> work_;
  // Entries of sparse columns in use by rows.
  std::vector<int> rowBegins_, rowPlaces_;
  std::vector<double> rowValues_;
  int collected_ = 0;
  double pairs_ = 0;  ///< of entries in a row, over all rows
};

}  // namespace nonconvex
