#include "expressions/rows/row_lanes.hpp"

#include <algorithm>
#include <utility>

#include "core/index.hpp"
#include "expressions/rows/row_operations.hpp"

namespace nonconvex {
namespace {

constexpr int mostLanes = 8;          // blocks of rows that are evaluated side by side
constexpr int mostNumbers = 1 << 25;  // numbers in the gradients of all lanes

}  // namespace

template <class T>
RowLanes<T>::RowLanes(BoundRows rows) : rows_(std::move(rows)) {
  for (const RowPlan::Output& output : rows_.plan->outputs) {
    widths_.push_back(output.place.size);
    entries_ += output.place.size;
  }
}

template <class T>
int RowLanes<T>::lanesOf(int blocks) const {
  const int room = std::clamp(mostNumbers / std::max(1, rows_.plan->shared), 1, mostLanes);
  return std::clamp(blocks, 1, room);
}

template <class T>
void RowLanes<T>::reserve(int lanes, const RowRequest<T>& request) {
  if (lanes_.size() < at(lanes)) lanes_.resize(at(lanes));
  const std::size_t size = at(rows_.plan->shared);
  for (std::size_t l = 0; l < at(lanes); ++l) {
    Lane& lane = lanes_[l];
    lane.sums.assign(at(entries_), 0);
    if (l == 0) continue;
    if (request.gradient && lane.gradient.size() == 0) lane.gradient = HostBuffer<T>(size, Uninitialized{});
    if (request.along && lane.along.size() == 0) lane.along = HostBuffer<T>(size, Uninitialized{});
  }
}

template <class T>
RowTheta<T> RowLanes<T>::resultOf(HostBuffer<T>& numbers) const {
  if (numbers.size() == 0) return {};
  return {numbers.data(), numbers.data() + rows_.plan->variables, rows_.plan->variables};
}

template <class T>
void RowLanes<T>::run(const RowRequest<T>& request, const Cpu& la) {
  const int block = rows_.plan->block;
  const int lanes = lanesOf((request.rows.count + block - 1) / block);
  reserve(lanes, request);
  la.tasks(lanes, [&](int lane) { runLane(lane, lanes, request); });
  la.checkpoint();
  if (request.sums != nullptr) {
    std::fill_n(request.sums, entries_, 0.0);
    for (int l = 0; l < lanes; ++l) {
      for (int e = 0; e < entries_; ++e) request.sums[e] += lanes_[at(l)].sums[at(e)];
    }
  }
  if (request.gradient) add(lanes, &Lane::gradient, request.gradient, la);
  if (request.along) add(lanes, &Lane::along, request.along, la);
}

/// result := ((result + lane 1) + (lane 2 + lane 3)) + ...
template <class T>
void RowLanes<T>::add(int lanes, HostBuffer<T> Lane::*numbers, RowTheta<T> result, const Cpu& la) {
  if (lanes == 1) return;
  constexpr int grain = 4096;
  const auto addPart = [&](T* first, int offset, int size) {
    const auto part = [&](int lane, int begin) {
      return lane == 0 ? first + begin : (lanes_[at(lane)].*numbers).data() + offset + begin;
    };
    la.tasks((size + grain - 1) / grain,
             [&](int chunk) {
               const int begin = chunk * grain, count = std::min(grain, size - begin);
               for (int step = 1; step < lanes; step *= 2) {
                 for (int l = 0; l + step < lanes; l += 2 * step) addInto(part(l + step, begin), part(l, begin), count);
               }
             },
             static_cast<double>(size) * lanes);
  };
  const int n = rows_.plan->variables;
  addPart(result.x, 0, n);
  if (rows_.plan->shared > n) addPart(result.tail, n, rows_.plan->shared - n);
}

template <class T>
void RowLanes<T>::runLane(int lane, int lanes, const RowRequest<T>& request) {
  const int block = rows_.plan->block, count = request.rows.count;
  const int blocks = (count + block - 1) / block;
  Lane& mine = lanes_[at(lane)];
  const RowTheta<T> gradient = lane == 0 || !request.gradient ? request.gradient : resultOf(mine.gradient);
  const RowTheta<T> along = lane == 0 || !request.along ? request.along : resultOf(mine.along);
  const int n = rows_.plan->variables, tail = rows_.plan->shared - n;
  for (const RowTheta<T>& result : {gradient, along}) {
    if (!result) continue;
    std::fill_n(result.x, n, T(0));
    if (tail > 0) std::fill_n(result.tail, tail, T(0));
  }
  std::unique_ptr<RowPass<T>> pass = take();
  const auto first = [&](int l) { return static_cast<int>(static_cast<long long>(blocks) * l / lanes) * block; };
  const int end = std::min(count, first(lane + 1));
  for (int begin = first(lane); begin < end; begin += block) {
    runBlock(*pass, begin, std::min(block, end - begin), request, mine.sums.data(), gradient, along);
  }
  giveBack(std::move(pass));
}

template <class T>
void RowLanes<T>::runBlock(RowPass<T>& pass, int begin, int count, const RowRequest<T>& request, double* sums,
                           RowTheta<T> gradient, RowTheta<T> along) const {
  pass.forward(request.rows.part(begin, count), request.theta);
  int entry = 0;
  for (std::size_t k = 0; k < widths_.size(); ++k) {
    for (int j = 0; j < widths_[k]; ++j, ++entry) {
      const T* const out = pass.output(static_cast<int>(k), j);
      double sum = 0;
      for (int r = 0; r < count; ++r) sum += static_cast<double>(out[r]);
      sums[entry] += sum;
      if (request.each == nullptr) continue;
      for (int r = 0; r < count; ++r) {
        request.each[at(begin + r) * at(entries_) + at(entry)] = static_cast<double>(out[r]);
      }
    }
  }
  if (request.squares != nullptr) {
    std::fill_n(request.squares + begin, count, 0.0);
    seed(pass, begin, count, request);
    pass.backward({}, request.squares + begin);
  } else if (request.along) {
    pass.reserveTangents();
    pass.turn(request.tangent);
    seed(pass, begin, count, request);
    pass.backwardAlong(gradient, along);
  } else if (request.gradient) {
    seed(pass, begin, count, request);
    pass.backward(gradient);
  }
}

template <class T>
void RowLanes<T>::seed(RowPass<T>& pass, int begin, int count, const RowRequest<T>& request) const {
  pass.clearAdjoints();
  const T* seeds = request.seeds;
  for (std::size_t k = 0; k < widths_.size(); ++k) {
    for (int j = 0; j < widths_[k]; ++j) {
      T* const adjoint = pass.outputAdjoint(static_cast<int>(k), j);
      const T of = *seeds++;
      for (int r = 0; r < count; ++r) {
        adjoint[r] += of * (request.weights != nullptr ? request.weights[begin + r] : request.factor);
      }
    }
  }
}

template <class T>
std::unique_ptr<RowPass<T>> RowLanes<T>::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<RowPass<T>> pass = std::move(idle_.back());
      idle_.pop_back();
      return pass;
    }
  }
  return std::make_unique<RowPass<T>>(rows_);
}

template <class T>
void RowLanes<T>::giveBack(std::unique_ptr<RowPass<T>> pass) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(pass));
}

template class RowLanes<double>;
template class RowLanes<float>;

}  // namespace nonconvex
