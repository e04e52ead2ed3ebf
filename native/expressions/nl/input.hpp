// The characters of an AMPL .nl file, text or binary.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/error.hpp"
#include "expressions/nl/parse_double.hpp"

namespace nonconvex {

/// Characters, integers and numbers of either form of the file, with the place for messages.
class NlInput {
 public:
  NlInput(std::span<const char> bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  void setBinary() { binary_ = true; }
  bool binary() const { return binary_; }
  bool atEnd() const { return at_ >= bytes_.size(); }
  std::size_t size() const { return bytes_.size(); }
  std::size_t left() const { return bytes_.size() - at_; }

  /// Throws a SolverError that names the file and the place.
  [[noreturn]] void fail(const std::string& what, const char* code = "INVALID_FILE") const;
  [[noreturn]] void unsupported(const std::string& what) const { fail(what + " not supported", "UNSUPPORTED"); }

  /// The letter a segment or an expression begins with.
  char key() {
    start_ = at_;
    if (atEnd()) fail("the file ends too early");
    return bytes_[at_++];
  }
  int integer() {
    if (binary_) return fixedSize<std::int32_t>();
    skipBlanks();
    return number<int>("an integer");
  }
  int shortInteger() { return binary_ ? fixedSize<std::int16_t>() : integer(); }
  double real() {
    if (!binary_) skipBlanks();
    const double value = binary_ ? fixedSize<double>() : number<double>("a number");
    if (std::isnan(value)) fail("expected a number, got NaN");
    return value;
  }
  /// An integer in [0, end), the number of something that `what` names.
  int index(int end, const char* what) {
    const int k = integer();
    if (k < 0 || k >= end) fail(std::string(what) + " " + std::to_string(k) + " of " + std::to_string(end));
    return k;
  }
  /// How many of something, each of which takes at least `bytes` of the file.
  int count(const char* what, std::size_t bytes) {
    const int k = integer();
    if (k < 0 || static_cast<std::size_t>(k) > left() / bytes + 1) {
      fail(std::to_string(k) + " " + what + ", with " + std::to_string(left()) + " bytes left");
    }
    return k;
  }
  /// A name: in text up to the next blank, in binary with its length before it.
  std::string word() {
    if (binary_) {
      const std::size_t length = static_cast<std::size_t>(count("characters", 1));
      const std::size_t begin = at_;
      skip(length);
      return std::string(bytes_.data() + begin, length);
    }
    skipBlanks();
    const std::size_t begin = at_;
    while (!atEnd() && std::string_view(" \t\r\n").find(bytes_[at_]) == std::string_view::npos) ++at_;
    return std::string(bytes_.data() + begin, at_ - begin);
  }
  /// Text: whether the line has more before its end or a comment.
  bool moreOnLine() {
    skipBlanks();
    return !atEnd() && bytes_[at_] != '\n' && bytes_[at_] != '\r' && bytes_[at_] != '#';
  }
  /// Past the end of the line, and any comment before it. Binary files have no lines.
  void endLine() {
    if (binary_) return;
    skipBlanks();
    if (!atEnd() && bytes_[at_] != '\n' && bytes_[at_] != '\r' && bytes_[at_] != '#') {
      fail("unexpected " + show(std::string_view(&bytes_[at_], 1)));
    }
    skipLine();
  }
  void skipLine() {
    while (!atEnd() && bytes_[at_] != '\n') ++at_;
    if (atEnd()) fail("the file ends within a line");
    ++at_;
    ++line_;
  }
  void skip(std::size_t size) {
    if (size > left()) fail("the file ends too early");
    at_ += size;
  }

 private:
  void skipBlanks() {
    while (!atEnd() && (bytes_[at_] == ' ' || bytes_[at_] == '\t')) ++at_;
  }
  template <class T>
  T fixedSize() {
    start_ = at_;
    if (left() < sizeof(T)) fail("the file ends too early");
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  template <class T>
  T number(const char* what) {
    const char* begin = bytes_.data() + at_;
    const char* end = bytes_.data() + bytes_.size();
    if (begin != end && *begin == '+') ++begin;
    T value{};
    const auto [rest, error] = [&] {
      if constexpr (std::is_same_v<T, double>)
        return parseDouble(begin, end, value);
      else
        return std::from_chars(begin, end, value);
    }();
    if constexpr (std::is_same_v<T, double>) {
      // Out of range: 0 or infinity, as strtod has it; from_chars leaves the number alone.
      if (error == std::errc::result_out_of_range) {
        const std::string_view text(begin, static_cast<std::size_t>(rest - begin));
        const bool tiny = text.find("e-") != text.npos || text.find("E-") != text.npos;
        at_ = static_cast<std::size_t>(rest - bytes_.data());
        return (text.front() == '-' ? -1 : 1) * (tiny ? 0 : HUGE_VAL);
      }
    }
    if (error != std::errc() || rest == begin) fail(std::string("expected ") + what);
    at_ = static_cast<std::size_t>(rest - bytes_.data());
    return value;
  }

  std::span<const char> bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // place where the last thing read begins
  long line_ = 1;
  bool binary_ = false;
};

}  // namespace nonconvex
