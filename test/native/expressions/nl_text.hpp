// AMPL's .nl files in text form, evaluated by plain recursion and turned into binary form: written for tests, and apart
// from the package's reader.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "shared_folder.hpp"

namespace check {

/// Files of ../shared/problems/nl, sorted; none when the folder is not there.
inline std::vector<std::filesystem::path> nlFiles() {
  const auto folder = sharedFolder() / "problems/nl";
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string contentOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// How many operands an operator has; 0: a list with its length before it.
inline int operandsOf(int op) {
  if (op == 11 || op == 12 || op == 54 || op == 70 || op == 71) return 0;
  if (op == 35) return 3;
  const bool one = op == 15 || op == 16 || op == 34 || op == 76 || (op >= 37 && op <= 53 && op != 48);
  return one ? 1 : 2;
}

class NlText {
 public:
  explicit NlText(const std::string& text) : in_(text) {
    std::string line;
    std::vector<std::vector<double>> header;
    for (int k = 0; k < 10; ++k) {
      line = nextLine();
      std::istringstream numbers(k == 0 ? line.substr(1) : line);
      header.emplace_back(std::istream_iterator<double>(numbers), std::istream_iterator<double>());
    }
    n = static_cast<int>(header[1][0]);
    m = static_cast<int>(header[1][1]);
    start.assign(static_cast<std::size_t>(n), 0);
    duals.assign(static_cast<std::size_t>(m), 0);
    linear_.resize(static_cast<std::size_t>(m));
    bodies_.resize(static_cast<std::size_t>(m));
    sides.resize(static_cast<std::size_t>(m));
    bounds.resize(static_cast<std::size_t>(n));
    while (in_.peek() != EOF) segment();
  }

  double objective(const std::vector<double>& x) { return value(objective_, x) + product(gradient_, x); }
  std::vector<double> constraints(const std::vector<double>& x) {
    std::vector<double> c;
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      const double rightHandSide = sides[i].first == sides[i].second ? sides[i].first : 0;
      c.push_back(value(bodies_[i], x) + product(linear_[i], x) - rightHandSide);
    }
    return c;
  }

  int n = 0, m = 0;
  std::vector<double> start, duals;
  std::vector<std::pair<double, double>> sides, bounds;  // sides of rows, bounds of variables

 private:
  struct Tree {
    int op = -1;  // -1: a number, -2: a variable
    double number = 0;
    std::vector<Tree> inputs;
  };
  using Linear = std::vector<std::pair<int, double>>;

  std::string nextLine() {
    std::string line;
    if (!std::getline(in_, line)) throw std::runtime_error("end of the file");
    return line.substr(0, line.find('#'));
  }
  static double product(const Linear& terms, const std::vector<double>& x) {
    double sum = 0;
    for (const auto& [k, c] : terms) sum += c * x[static_cast<std::size_t>(k)];
    return sum;
  }
  Linear linear(int count) {
    Linear terms;
    for (int k = 0; k < count; ++k) {
      std::istringstream line(nextLine());
      int index;
      double value;
      line >> index >> value;
      terms.emplace_back(index, value);
    }
    return terms;
  }

  static std::pair<double, double> twoSides(const std::string& line) {
    std::istringstream in(line.substr(1));
    double first = 0, second = 0;
    in >> first >> second;
    switch (line[0]) {
      case '0':
        return {first, second};
      case '1':
        return {-HUGE_VAL, first};
      case '2':
        return {first, HUGE_VAL};
      case '3':
        return {-HUGE_VAL, HUGE_VAL};
      default:
        return {first, first};
    }
  }

  Tree expression() {
    const std::string line = nextLine();
    Tree tree;
    tree.number = std::stod(line.substr(1));
    if (line[0] == 'n') return tree;
    if (line[0] == 'v') {
      tree.op = -2;
      return tree;
    }
    tree.op = static_cast<int>(tree.number);
    int count = operandsOf(tree.op);
    if (count == 0) count = std::stoi(nextLine());
    for (int k = 0; k < count; ++k) tree.inputs.push_back(expression());
    return tree;
  }

  void segment() {
    const std::string line = nextLine();
    std::istringstream rest(line.substr(1));
    int a = 0, b = 0;
    rest >> a >> b;
    const auto k = static_cast<std::size_t>(a);
    switch (line[0]) {
      case 'C':
        bodies_[k] = expression();
        break;
      case 'O':
        objective_ = expression();
        break;
      case 'V': {
        const Linear terms = linear(b);
        defined_[a] = {terms, expression()};
        break;
      }
      case 'x':
        for (const auto& [index, value] : linear(a)) start[static_cast<std::size_t>(index)] = value;
        break;
      case 'd':
        for (const auto& [index, value] : linear(a)) duals[static_cast<std::size_t>(index)] = value;
        break;
      case 'r':
        for (auto& row : sides) row = twoSides(nextLine());
        break;
      case 'b':
        for (auto& variable : bounds) variable = twoSides(nextLine());
        break;
      case 'k':
        for (int i = 0; i < a; ++i) nextLine();
        break;
      case 'S':
        for (int i = 0; i < b; ++i) nextLine();
        break;
      case 'J':
        linear_[k] = linear(b);
        break;
      case 'G':
        gradient_ = linear(b);
        break;
      default:
        throw std::runtime_error("segment " + line);
    }
  }

  double value(const Tree& tree, const std::vector<double>& x) {
    if (tree.op == -1) return tree.number;
    if (tree.op == -2) {
      const int k = static_cast<int>(tree.number);
      if (k < n) return x[static_cast<std::size_t>(k)];
      const auto& [terms, rest] = defined_.at(k);
      return product(terms, x) + value(rest, x);
    }
    if (tree.op == 35) return value(tree.inputs[value(tree.inputs[0], x) != 0 ? 1 : 2], x);
    std::vector<double> in;
    for (const Tree& input : tree.inputs) in.push_back(value(input, x));
    const double a = in[0];
    const double b = in.size() > 1 ? in[1] : 0;
    switch (tree.op) {
      case 0:
        return a + b;
      case 1:
        return a - b;
      case 2:
        return a * b;
      case 3:
        return a / b;
      case 5:
        return std::pow(a, b);
      case 6:
        return a > b ? a - b : 0;
      case 11:
        return *std::min_element(in.begin(), in.end());
      case 12:
        return *std::max_element(in.begin(), in.end());
      case 15:
        return std::abs(a);
      case 16:
        return -a;
      case 20:
        return a != 0 || b != 0 ? 1 : 0;
      case 21:
        return a != 0 && b != 0 ? 1 : 0;
      case 22:
        return a < b ? 1 : 0;
      case 23:
        return a <= b ? 1 : 0;
      case 24:
        return a == b ? 1 : 0;
      case 28:
        return a >= b ? 1 : 0;
      case 29:
        return a > b ? 1 : 0;
      case 30:
        return a != b ? 1 : 0;
      case 34:
        return a == 0 ? 1 : 0;
      case 70:
        return std::all_of(in.begin(), in.end(), [](double one) { return one != 0; }) ? 1 : 0;
      case 71:
        return std::any_of(in.begin(), in.end(), [](double one) { return one != 0; }) ? 1 : 0;
      case 37:
        return std::tanh(a);
      case 38:
        return std::tan(a);
      case 39:
        return std::sqrt(a);
      case 40:
        return std::sinh(a);
      case 41:
        return std::sin(a);
      case 42:
        return std::log10(a);
      case 43:
        return std::log(a);
      case 44:
        return std::exp(a);
      case 45:
        return std::cosh(a);
      case 46:
        return std::cos(a);
      case 47:
        return std::atanh(a);
      case 48:
        return std::atan2(a, b);
      case 49:
        return std::atan(a);
      case 50:
        return std::asinh(a);
      case 51:
        return std::asin(a);
      case 52:
        return std::acosh(a);
      case 53:
        return std::acos(a);
      case 54: {
        double sum = 0;
        for (const double term : in) sum += term;
        return sum;
      }
      case 75:
        return std::pow(a, b);
      case 76:
        return a * a;
      case 77:
        return std::pow(a, b);
      default:
        throw std::runtime_error("operator " + std::to_string(tree.op));
    }
  }

  std::istringstream in_;
  Tree objective_;
  std::vector<Tree> bodies_;
  std::vector<Linear> linear_;
  Linear gradient_;
  std::map<int, std::pair<Linear, Tree>> defined_;
};

/// The file `text` in binary form, of little-endian numbers.
inline std::string binaryNl(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  const auto nextLine = [&] {
    std::string line;
    std::getline(in, line);
    return line.substr(0, line.find('#'));
  };
  const auto integer = [&](std::int32_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof(value)); };
  const auto real = [&](double value) { out.append(reinterpret_cast<const char*>(&value), sizeof(value)); };
  std::vector<int> sizes;
  for (int k = 0; k < 10; ++k) {
    std::string line = nextLine();
    if (k == 0) line[0] = 'b';
    if (k == 1) {
      std::istringstream numbers(line);
      sizes.assign(std::istream_iterator<int>(numbers), std::istream_iterator<int>());
    }
    if (k == 5) line = " 0 0 1 1";  // the arithmetic
    out += line + '\n';
  }
  const auto pairs = [&](int count) {
    for (int k = 0; k < count; ++k) {
      std::istringstream line(nextLine());
      int index;
      double value;
      line >> index >> value;
      integer(index);
      real(value);
    }
  };
  const std::function<void()> expression = [&] {
    const std::string line = nextLine();
    out += line[0];
    if (line[0] == 'n') {
      // As AMPL does: whole numbers are short.
      const double value = std::stod(line.substr(1));
      if (value == std::trunc(value) && std::abs(value) < 30000) {
        out.back() = 's';
        const auto small = static_cast<std::int16_t>(value);
        out.append(reinterpret_cast<const char*>(&small), sizeof(small));
      } else {
        real(value);
      }
      return;
    }
    const int op = std::stoi(line.substr(1));
    integer(op);
    if (line[0] == 'v') return;
    int count = operandsOf(op);
    if (count == 0) {
      count = std::stoi(nextLine());
      integer(count);
    }
    for (int k = 0; k < count; ++k) expression();
  };
  while (in.peek() != EOF) {
    const std::string line = nextLine();
    out += line[0];
    std::istringstream rest(line.substr(1));
    const std::vector<int> numbers{std::istream_iterator<int>(rest), std::istream_iterator<int>()};
    for (const int number : numbers) integer(number);
    switch (line[0]) {
      case 'V':
        pairs(numbers[1]);
        expression();
        break;
      case 'C':
      case 'O':
        expression();
        break;
      case 'x':
      case 'd':
        pairs(numbers[0]);
        break;
      case 'J':
      case 'G':
        pairs(numbers[1]);
        break;
      case 'k':
        for (int k = 0; k < numbers[0]; ++k) integer(std::stoi(nextLine()));
        break;
      case 'S': {
        const std::string name = line.substr(line.rfind(' ') + 1);
        integer(static_cast<std::int32_t>(name.size()));
        out += name;
        if ((numbers[0] & 4) != 0) {
          pairs(numbers[1]);
        } else {
          for (int k = 0; k < numbers[1]; ++k) {
            std::istringstream entry(nextLine());
            for (std::int32_t number; entry >> number;) integer(number);
          }
        }
        break;
      }
      case 'r':
      case 'b':
        for (int k = 0; k < sizes[line[0] == 'r' ? 1 : 0]; ++k) {
          const std::string bound = nextLine();
          out += bound[0];
          std::istringstream values(bound.substr(1));
          for (double value; values >> value;) real(value);
        }
        break;
      default:
        throw std::runtime_error("segment " + line);
    }
  }
  return out;
}

}  // namespace check
