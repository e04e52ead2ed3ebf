#include "core/communicator.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

#include "core/error.hpp"

namespace nonconvex {
namespace {

/// A hash as a number that holds all of its bits.
double exactly(std::uint64_t hash) { return static_cast<double>(hash & ((std::uint64_t{1} << 52) - 1)); }

/// Places in a head. All ranks get the largest number at each.
enum Head : std::size_t { wish, failed, place, minusPlace, what, minusWhat, left, here, headSize };

std::uint64_t hashBytes(const unsigned char* bytes, std::size_t count, std::uint64_t hash) {
  for (std::size_t k = 0; k < count; ++k) hash = (hash ^ bytes[k]) * 0x100000001b3;
  return hash;
}

/// A hash of numbers that takes a few cycles for each.
template <class T>
std::uint64_t mixed(std::span<const T> values, std::uint64_t hash) {
  for (const T value : values) {
    const auto bits = std::bit_cast<std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>(value);
    hash = (hash ^ bits) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace

std::uint64_t fingerprint(std::span<const double> values, std::uint64_t before) {
  for (const double value : values) {
    std::array<unsigned char, sizeof value> bytes;
    std::memcpy(bytes.data(), &value, sizeof value);
    before = hashBytes(bytes.data(), bytes.size(), before);
  }
  return before;
}

std::uint64_t fingerprint(std::string_view text, std::uint64_t before) {
  return hashBytes(reinterpret_cast<const unsigned char*>(text.data()), text.size(), before);
}

// Turns --------------------------------------------------------------------------------------------------------------

Ranks::Turn::Turn(std::shared_ptr<Ranks> ranks) : ranks_(std::move(ranks)) {
  const std::lock_guard lock(ranks_->mutex_);
  number_ = ranks_->turns_++;
}

Ranks::Turn::~Turn() {
  const std::lock_guard lock(ranks_->mutex_);
  ranks_->left_.insert(number_);
  while (ranks_->left_.erase(ranks_->now_) > 0) ++ranks_->now_;
  ranks_->turned_.notify_all();
}

void Ranks::reduce(Communicator::Operation operation, std::span<double> values) {
  if (joint_ == nullptr) {
    throw Error(ErrorKind::solver, "data that are spread over ranks are looked at by a solve of all of them alone",
                "UNSUPPORTED");
  }
  joint_->head(JointSolve::Stage::sum, 4 * values.size() + static_cast<std::uint64_t>(operation));
  communicator_->reduce(operation, values);
  bytes_ += static_cast<double>(sizeof(double) * values.size());
  joint_->agreed_.checkpoint();
}

void Ranks::expectSame(std::span<const double> values) {
  if (joint_ != nullptr && size() > 1) joint_->expected_ = mixed(values, joint_->expected_);
}
void Ranks::expectSame(std::span<const float> values) {
  if (joint_ != nullptr && size() > 1) joint_->expected_ = mixed(values, joint_->expected_);
}

bool Ranks::leave() {
  std::array<double, headSize> values{};
  values[left] = rank() + 1;
  communicator_->reduce(Communicator::Operation::max, values);
  return values[here] == 0;
}

// Joint solves -------------------------------------------------------------------------------------------------------

JointSolve::JointSolve(std::shared_ptr<Ranks::Turn> turn, Monitor& wishes, std::uint64_t fingerprint)
    : turn_(std::move(turn)),
      ranks_(*turn_->ranks_),
      wishes_(wishes),
      agreed_(std::numeric_limits<double>::infinity(), [this](const Progress& progress) { wishes_.report(progress); }) {
  std::unique_lock lock(ranks_.mutex_);
  ranks_.turned_.wait(lock, [&] { return ranks_.now_ == turn_->number_; });
  lock.unlock();
  ranks_.joint_ = this;
  try {
    head(Stage::begin, fingerprint);
  } catch (...) {
    ranks_.joint_ = nullptr;
    throw;
  }
  agreed_.restart();
  agreed_.setInterruptible(false);
}

JointSolve::~JointSolve() {
  if (!over_) fail("the solve was left");
  ranks_.joint_ = nullptr;
}

void JointSolve::head(Stage stage, std::uint64_t detail, const std::string* failure) {
  const double wished = wishes_.aborted() ? 2 : wishes_.outOfTime() ? 1 : 0;
  const double at = 4 * heads_++ + static_cast<double>(stage);
  const double about = exactly(stage == Stage::sum ? detail ^ expected_ : detail);
  expected_ = 0;
  const double failing = failure != nullptr ? ranks_.rank() + 1 : 0;
  std::array<double, headSize> values = {wished, failing, at, -at, about, -about, 0, 1};
  Communicator& communicator = ranks_.communicator();
  communicator.reduce(Communicator::Operation::max, values);
  ranks_.bytes_ += sizeof values;
  if (values[left] > 0) {
    over_ = true;
    throw Error(ErrorKind::solver,
                "rank " + show(static_cast<int>(values[left]) - 1) + " of " + show(ranks_.size()) + " has ended",
                "PEER_FAILED");
  }
  if (values[failed] > 0) {
    over_ = true;
    const int from = static_cast<int>(values[failed]) - 1;
    std::array<char, 512> text{};
    if (failure != nullptr) std::copy_n(failure->data(), std::min(failure->size(), text.size() - 1), text.data());
    communicator.broadcast(from, text);
    if (failure != nullptr) return;
    throw Error(ErrorKind::solver, "rank " + show(from) + " of " + show(ranks_.size()) + ": " + text.data(),
                "PEER_FAILED");
  }
  if (values[place] != -values[minusPlace] || values[what] != -values[minusWhat]) {
    over_ = true;
    differ(stage, values[place] == -values[minusPlace], exactly(detail));
  }
  if (values[wish] >= 2) agreed_.abort();
  if (values[wish] == 1) agreed_.limitTime(0);
}

/// All ranks are told that they differ, here in the same message, or not.
void JointSolve::differ(Stage stage, bool samePlace, double detail) {
  std::string how = "ranks have gone different ways at message " + show(heads_);
  if (samePlace && stage == Stage::begin) {
    how = "ranks have problems or settings that differ; expected the same on all";
  } else if (samePlace && stage == Stage::end) {
    how = "ranks have answers that differ";
  } else if (samePlace) {
    std::array<double, 2> both = {detail, -detail};
    ranks_.communicator().reduce(Communicator::Operation::max, both);
    if (both[0] == -both[1]) how = "ranks have points that differ, at message " + show(heads_);
  }
  throw Error(ErrorKind::solver, how, "PEER_FAILED");
}

void JointSolve::end(std::span<const double> answer) {
  head(Stage::end, fingerprint(answer));
  over_ = true;
}

void JointSolve::fail(const std::string& why) noexcept {
  if (over_) return;
  over_ = true;
  try {
    head(Stage::end, 0, &why);
  } catch (...) {
    // No rank can be told of the failure.
  }
}

}  // namespace nonconvex
