package io.spinforge.scaling.forecast;

/**
 * Linear regression that learns one example at a time, forgets slowly and is not impressed by
 * outliers.
 *
 * <p>Keeps the weighted normal equations: each example multiplies what is there by a factor below
 * one and adds itself with Huber's weight, {@code min(1, c·s / |error|)}, where {@code s} follows
 * the mean absolute error. Solving adds a ridge to the diagonal and takes a Cholesky decomposition.
 * So a refit costs {@code d³/6} and never walks over history. Source: P. Huber, "Robust Statistics"
 * (1981); recursive least squares with exponential forgetting; C. Mallows' weights for inputs that
 * stand out.
 */
final class Ridge {
  /** Errors beyond so many mean absolute errors lose weight. */
  private static final double HUBER = 2;

  /** Inputs whose square is beyond so many mean squares lose weight. */
  private static final double LEVERAGE = 5;

  private final int size;
  private final double ridge;
  private final double keep;
  private final double[] products;
  private final double[] targets;
  private final double[] factor;
  private final double[] work;
  private final double[] weights;
  private double scale = Double.NaN;
  private double length = Double.NaN;
  private int dirty;

  /**
   * Makes one that knows nothing.
   *
   * @param size number of inputs
   * @param ridge share of each input's own energy that is added to the diagonal
   * @param keep what remains of the past after one example, below 1
   */
  Ridge(int size, double ridge, double keep) {
    this.size = size;
    this.ridge = ridge;
    this.keep = keep;
    products = new double[size * size];
    targets = new double[size];
    factor = new double[size * size];
    work = new double[size];
    weights = new double[size];
  }

  /** Returns what the weights of the last {@link #solve} make of these inputs. */
  double apply(double[] inputs, int offset) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i] * inputs[offset + i];
    }
    return sum;
  }

  /** Takes one example. O(size²), no allocation. */
  void add(double[] inputs, int offset, double target) {
    double error = Math.abs(target - apply(inputs, offset));
    scale =
        Double.isNaN(scale)
            ? error
            : scale + 0.01 * (Math.min(error, 5 * scale + Double.MIN_NORMAL) - scale);
    double weight = error <= HUBER * scale ? 1 : HUBER * scale / error;
    weight *= leverage(inputs, offset);
    for (int i = 0; i < size; i++) {
      double x = weight * inputs[offset + i];
      targets[i] = targets[i] * keep + x * target;
      int row = i * size;
      for (int j = 0; j <= i; j++) {
        products[row + j] = products[row + j] * keep + x * inputs[offset + j];
      }
    }
    dirty++;
  }

  /** Returns what an example counts whose inputs are larger than usual: an incident's are. */
  private double leverage(double[] inputs, int offset) {
    double square = 0;
    for (int i = 0; i < size; i++) {
      square += inputs[offset + i] * inputs[offset + i];
    }
    double usual = LEVERAGE * length;
    length =
        Double.isNaN(length) ? square : length + 0.002 * (Math.min(square, 2 * usual) - length);
    return square <= usual || !(usual > 0) ? 1 : usual / square;
  }

  /** Returns the mean absolute error before each example was learned; NaN before the first. */
  double scale() {
    return scale;
  }

  /** Computes the weights from what was learned. O(size³), no allocation. */
  void solve() {
    if (dirty == 0) {
      return;
    }
    dirty = 0;
    double energy = 0;
    for (int i = 0; i < size; i++) {
      energy += products[i * size + i];
    }
    decompose(1e-3 * energy / size);
    for (int i = 0; i < size; i++) {
      double value = targets[i];
      for (int k = 0; k < i; k++) {
        value -= factor[i * size + k] * work[k];
      }
      work[i] = value / factor[i * size + i];
    }
    for (int i = size - 1; i >= 0; i--) {
      double value = work[i];
      for (int k = i + 1; k < size; k++) {
        value -= factor[k * size + i] * weights[k];
      }
      weights[i] = value / factor[i * size + i];
    }
  }

  private void decompose(double floor) {
    for (int i = 0; i < size; i++) {
      int row = i * size;
      for (int j = 0; j <= i; j++) {
        double value = products[row + j];
        value += i == j ? ridge * (value + floor) + 1e-12 : 0;
        for (int k = 0; k < j; k++) {
          value -= factor[row + k] * factor[j * size + k];
        }
        factor[row + j] = i == j ? Math.sqrt(Math.max(value, 1e-12)) : value / factor[j * size + j];
      }
    }
  }
}
