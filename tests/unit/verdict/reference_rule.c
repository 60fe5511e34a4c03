/* SPDX-License-Identifier: MIT */
/*
 * The oracle: the rule as it was validated, kept as it was written then.  It
 * is dense on purpose and shares no code with src/verdict; do not tidy it up,
 * its worth is that it does not change.  test_rule.c compares the two.
 *
 * Changed since, with the rule, after measuring on recordings: octaves (factor
 * 1.15 to 5, whole 8 to 32), the level in the last quarter (r4), PU, PF, PL,
 * the spread of a plateau (5), no late rise where iterations are few, and no
 * periodicity: a smooth logarithm was periodic.  And pop(): a population of
 * random lives (mean 600 of 4093 iterations, 300 alive) wanders by 17, which
 * was called a leak 25 times in 1000; now 1 time.  Leaks beside a population of
 * mean lives up to 300 are found as before.
 *
 * And after geometric arenas, tables that grow by 3 to 8 and leaks in phases
 * had been called clean:
 * - Bytes are judged whenever half of their growth is left after the count's
 *   is taken off (netof), where before the count had to stay: an arena of few
 *   chunks, each larger than the one before, grows in both.
 * - Growth by a factor (octave) is evidence only if some of it is later than
 *   what is bounded takes to fill (rest): up to their last leap a table that
 *   fills and one that never does are the same.  Until then it is DUE.
 * - follows(): a leap shows the need, since it comes when the need has reached
 *   the capacity.  Points of the need on a line are a leak whatever the factor;
 *   octaves see nothing from a factor of three on.
 * - A plateau is half of the run on the way up (rest), three quarters of it at
 *   the last rung as before: a leak in phases is quiet for a quarter of it.
 * - What beats the logarithm (loglaw) must not slow down in the second half: a
 *   cache of random keys that is half full beats it, 1 - exp(-t), and slows
 *   down all the way.
 * - A site that is suspect and no more but not at rest (atrest) is THIN.
 */
#include "reference_rule.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
static double TC = 2.3, TS = 3.4, TD5 = 5.0, VM = 3.0, SP = .35, Z = 2.6,
              LG = 2.0, LR = .6, LS = 1.5, OM = .75, TD = 2.9, PL = .31,
              DR = 3.0, SZ = 1.4, SD = .5, PQ = .05, TH = 1.4, TI = 1.9,
              TG = 5.0, TG7 = 3.0, SG = 1.4, LIM = .95;
enum {
  W0 = 8,
  M = 6,
  NZ = 4,
  EV = 3,
  RI = 4,
  PT = 20,
  PU = 20,
  PF = 10,
  PR = 2,
  LO = 400
};
static int gb(int B, int K, int j) { return (int)((i64)j * B / K); }
static int ge(int B, int K, int j) {
  int e = gb(B, K, j + 1), b = gb(B, K, j);
  return e > b ? e : b + 1;
}
static void gsum(const i64 *a, int B, int K, double *o) {
  for (int j = 0; j < K; j++) {
    double s = 0;
    for (int k = gb(B, K, j); k < ge(B, K, j); k++) s += a[k];
    o[j] = s;
  }
}
static void gmin(const i64 *a, int B, int K, double *o) {
  for (int j = 0; j < K; j++) {
    i64 s = a[gb(B, K, j)];
    for (int k = gb(B, K, j); k < ge(B, K, j); k++)
      if (a[k] < s) s = a[k];
    o[j] = s;
  }
}
static void mv(const double *d, int K, double *m, double *v) {
  double s = 0, q = 0;
  for (int i = 0; i < K; i++) s += d[i];
  s /= K;
  for (int i = 0; i < K; i++) q += (d[i] - s) * (d[i] - s);
  *m = s;
  *v = q / (K - 1);
}
static double tst(const double *d, int K) {
  double m, v;
  mv(d, K, &m, &v);
  if (m <= 0) return 0;
  if (v == 0) return 99;
  double t = m / sqrt(v / K);
  return t > 99 ? 99 : t;
}
static double tdec(const double *d, int K) {
  int h = K / 2;
  double a, b, v, w;
  mv(d, h, &a, &v);
  mv(d + K - h, h, &b, &w);
  double s = v / h + w / h;
  if (s == 0) return a == b ? 0 : b > a ? 99 : -99;
  return (b - a) / sqrt(s);
}
static int loglaw(const double *d, int B) {
  int a = B / 4, b = B / 2, c = B * 5 / 8, e = B * 7 / 8;
  double m2, v2, m4, v4;
  mv(d + a, b - a, &m2, &v2);
  mv(d + c, e - c, &m4, &v4);
  return m4 > 0 &&
         (m4 - .5 * m2) >= LG * sqrt(v4 / (e - c) + .25 * v2 / (b - a)) &&
         tdec(d + b, B - b) >= -Z;
}
static void rmin(const i64 *x, int B, i64 *g) {
  memcpy(g, x, B * sizeof *g);
  for (int k = B - 2; k >= 0; k--)
    if (g[k + 1] < g[k]) g[k] = g[k + 1];
}
static int gfl(const i64 *x, int B, int K, int lo, double *d) {
  double F[16];
  gmin(x + lo, B - lo, K, F);
  for (int k = 0; k < K - 1; k++) d[k] = F[k + 1] - F[k];
  return K - 1;
}
static int uncapped(const i64 *X, int B) {
  i64 a = X[3 * B / 4], b = X[B / 4];
  for (int k = 3 * B / 4; k < B; k++)
    if (X[k] > a) a = X[k];
  for (int k = B / 4; k < B / 2; k++)
    if (X[k] > b) b = X[k];
  return a > b;
}
static int retention(const site_t *f, int cl) {
  int B = f->B, lo = B / W0, res = 0;
  const i64 *S = f->S;
  i64 g[64];
  rmin(f->lo, B, g);
  double r2 = g[B - 1] - g[B / 2], r4 = g[B - 1] - g[3 * B / 4], Sd[64];
  for (int k = 0; k < B; k++) Sd[k] = S[k];
  for (int a = 7; a >= 5; a--) {
    int e = B * a / 8, len = e - lo, K = a - 1, h = len / 2, nz = 0;
    double G[8], m = 0, p = 0, gm, gv;
    gsum(S + lo, len, K, G);
    for (int j = 0; j < K; j++) {
      m += G[j];
      nz += G[j] > 0;
    }
    if (m < 3) continue;
    if (a < 7) {
      double s = 0;
      for (int k = e; k < B * 7 / 8; k++) s += S[k];
      if (s < OM * m / len * (B * 7 / 8 - e)) continue;
    }
    double t = tst(G, K);
    for (int k = e - h; k < e; k++) p += S[k];
    p /= m;
    double x = m / len * (B - B / 2);
    mv(G, K, &gm, &gv);
    int lev = r2 > 0 && r4 > 0 && (cl || uncapped(f->hi, B)) &&
              r2 >= LR * x - LS * sqrt(x) &&
              r4 >= LR * x / 2 - LS * sqrt(x / 2);
    int steady = (p >= SP && tdec(Sd + lo, len) >= -Z) || loglaw(Sd, B);
    double need = cl ? TC : gv <= VM * m / K ? TS : TD5;
    if (m >= M && nz >= (NZ < K ? NZ : K) && t >= need) {
      if (lev && steady) return LEAK;
      if (r2 >= .25 * x && p >= .15 && res < FADE) res = FADE;
    } else if (nz >= 2 && t >= TH && lev && p >= SP)
      res = THIN;
  }
  return res;
}
static int cmp(const void *a, const void *b) {
  i64 x = *(i64 *)a, y = *(i64 *)b;
  return x < y ? -1 : x > y;
}
static int drift(const i64 *x, const i64 *X, const i64 *l, int B, int strict) {
  int lo = B / W0;
  i64 g[64], A[64];
  rmin(x, B, g);
  double tot = g[B - 1] - g[lo];
  if (tot < EV) return 0;
  double D[64], L[64], I[64], d14[16], d7[16], d16[16], p = 0;
  for (int k = 0; k < B - 1; k++) {
    L[k] = l[k + 1] - l[k];
  }
  int nD = B - 2 - lo, nI = B - 1 - lo;
  memcpy(D, L + lo, nD * sizeof *D);
  for (int k = lo; k < B - 1; k++) I[k - lo] = g[k + 1] - g[k];
  double t = tst(D, nD);
  int h = nI / 2;
  for (int k = nI - h; k < nI; k++) p += I[k];
  p /= tot;
  for (int k = lo; k < B; k++) A[k - lo] = X[k] - x[k];
  qsort(A, B - lo, sizeof *A, cmp);
  double am = A[(B - lo) / 2];
  int steady =
      (p >= PL && tdec(D, nD) >= -Z && tdec(I, nI) >= -Z) || loglaw(L, B - 1);
  gfl(x, B, 14, lo, d14);
  gfl(x, B, 7, lo, d7);
  gfl(x, B, 16, 0, d16);
  double tg = tst(d14, 13), t7 = tst(d7, 6);
  int big = tg >= TG && t7 >= TG7;
  if (big && !steady)
    steady = p >= PL && tdec(d14, 13) >= -Z && tdec(I, nI) >= -Z;
  if (strict)
    steady = steady && p >= SP && (loglaw(L, B - 1) || loglaw(d16, 15));
  int rises = 0;
  for (int j = 0; j < 7; j++) {
    double s = 0;
    for (int k = gb(nI, 7, j); k < ge(nI, 7, j); k++) s += I[k];
    rises += s > 0;
  }
  if ((t >= TD || big) && steady && uncapped(X, B) && tot >= DR * am &&
      rises >= RI)
    return LEAK;
  if ((t > tg * .6 ? t : tg * .6) >= TI && p >= PL) return THIN;
  return t >= TD && p >= (strict ? .2 : .1) ? FADE : 0;
}
static int octave(const i64 *b, const i64 *low, int B) {
  double m[5];
  i64 g[64];
  rmin(low, B, g);
  if (B < 32 || 2 * (g[B - 1] - g[B / W0]) < low[B - 1]) return 0;
  for (int i = 0; i < 5; i++) {
    m[i] = b[B * (1 << i) / 16 - 1];
    if (m[i] <= 0) return 0;
  }
  int a = 1, c = 1;
  for (int i = 0; i < 4; i++) {
    double r = m[i + 1] / m[i];
    a &= r >= 1.15 && r <= 5;
    if (i) c &= r >= 1.85 && r <= 2.15;
  }
  double q = m[4] / m[0];
  return (a && q >= 8 && q <= 32) || c;
}
static int worth(const i64 *x, const i64 *l, int B, int unit, int Q) {
  int lo = B / W0;
  i64 g[64];
  rmin(x, B, g);
  double tot = g[B - 1] - g[lo], q = 0, l4 = 0;
  int r4 = 0;
  if (tot <= 0 || g[B - 1] - g[3 * B / 8] <= 0) return 0;
  int nI = B - 1 - lo;
  double D[64], d7[16];
  for (int k = lo; k < B - 1; k++) {
    double v = g[k + 1] - g[k];
    q += v * v;
    if (k - lo >= nI - (B - Q)) {
      l4 += v;
      r4 += v > 0;
    }
  }
  if (tot * tot / q >= 5 && l4 < PQ * tot && tot >= PT * unit && r4 <= PR)
    return 0;
  for (int k = lo; k < B - 2; k++) D[k - lo] = l[k + 1] - l[k];
  if (tst(D, B - 2 - lo) >= SD) return 1;
  gfl(x, B, 7, lo, d7);
  return tst(d7, 6) >= SG;
}
static int suspect(const site_t *f, int cl, int Q) {
  int B = f->B, lo = B / W0;
  const i64 *x = f->lo, *S = f->S;
  if (cl) {
    int up = 0, last = 0, r4 = 0;
    for (int k = 1; k < B; k++)
      if (x[k] > x[k - 1]) {
        up++;
        last = k;
        r4 += k >= Q;
      }
    double tot = x[B - 1] - x[0];
    if (!up || last < B / 4) return 0;
    if (f->n < LO || (Q < 5 * B / 8 && up < PU)) return up < PF || r4 > 0;
    return !(up >= PU && x[B - 1] - x[Q] < PQ * tot && r4 <= PR);
  }
  i64 g[64];
  rmin(x, B, g);
  if (f->n < LO) {
    if (g[B - 1] > g[lo]) return 1;
    i64 s = 0;
    for (int k = lo; k < B * 3 / 4; k++) s += S[k];
    return s > 0;
  }
  if (g[B - 1] <= g[lo]) return 0;
  for (int a = 7; a >= 5; a--) {
    double G[8];
    int nz = 0;
    gsum(S, B * a / 8, a, G);
    for (int j = 0; j < a; j++) nz += G[j] > 0;
    if (nz >= 2 && tst(G, a) >= SZ) return 1;
  }
  return worth(x, f->la, B, 1, Q);
}
/* Capacity at the end of each window: what is not given back later. */
static int follows(const i64 *x, const i64 *X, const i64 *l, int B) {
  i64 c[64];
  double at[64], b[64], a[64], p = x[0];
  int m = 0;
  rmin(l, B, c);
  for (int k = 0; k < B; k++) {
    if (X[k] > 1.25 * c[k]) return -1;
    if (p >= 0 && c[k] > p && c[k] >= 1.25 * p) {
      at[m] = k + .5;
      b[m] = p;
      a[m++] = c[k];
    }
    p = c[k];
  }
  if (m < (x[0] > 0 ? 2 : 3) || at[0] * 6 > B || c[B - 1] > 1.1 * a[m - 1])
    return -1;
  for (int i = 1; i < m; i++)
    if (b[i] > 1.1 * a[i - 1]) return -1;
  double r = (b[m - 1] - b[0]) / (at[m - 1] - at[0]);
  double e = (b[m - 1] - b[m - 2]) / (at[m - 1] - at[m - 2]);
  if (m == 2) {
    double n0 = b[0] - r * at[0];
    if (n0 < -.5 * b[0] - r) return -1;
  } else
    for (int i = 0; i + 1 < m; i++) {
      double due = (b[i + 1] - b[i]) / r;
      if (fabs(at[i + 1] - at[i] - due) > 1 + .5 * due) return -1;
    }
  double need = b[m - 1] + e * (B - at[m - 1]);
  return need <= 1.5 * a[m - 1] && need <= 10 * b[m - 1] ? (int)at[m - 1] : -1;
}
static int atrest(const i64 *x, const i64 *X, int B) {
  int lo = B / W0, r = 0;
  i64 g[64], A[64];
  rmin(x, B, g);
  for (int k = lo; k < B; k++) {
    A[k - lo] = X[k] - x[k];
    r += k > lo && g[k] > g[k - 1];
  }
  qsort(A, B - lo, sizeof *A, cmp);
  double tot = g[B - 1] - g[lo], late = g[B - 1] - g[3 * B / 4 - 1];
  return r < 5 || late < 1.0 / 6 * tot || tot < DR * A[(B - lo) / 2];
}
/* Half of the growth must be left. */
static int netof(const site_t *f, i64 *x, i64 *X, i64 *l) {
  int B = f->B, k0 = B / 16 - 1;
  i64 g[64], h[64];
  rmin(f->lo, B, g);
  rmin(f->blo, B, h);
  while (k0 + 1 < B && g[k0] <= 0) k0++;
  i64 each = h[k0] / (g[k0] > 0 ? g[k0] : 1);
  for (int k = 0; k < B; k++) {
    i64 e = k > k0 ? (g[k] - g[k0]) * each : 0;
    x[k] = f->blo[k] - e;
    X[k] = f->bhi[k] - e;
    l[k] = f->bla[k] - e;
  }
  return l[B - 1] - x[k0] > 0 &&
         2 * (l[B - 1] - x[k0]) >= f->bla[B - 1] - f->blo[k0];
}
static int bytes(const site_t *f, int R, int Q) {
  i64 x[64], X[64], l[64], c[64];
  int B = f->B, best = OK;
  if (!netof(f, x, X, l)) return OK;
  int w = worth(x, l, B, 16, Q);
  rmin(l, B, c);
  if (w && (octave(x, x, B) || octave(l, x, B)))
    best = c[B - 1] - c[R - 1] >= .125 * c[B - 1] ? LEAK : DUE;
  else {
    int at = follows(x, X, l, B);
    if (at >= 0) best = at >= R ? LEAK : DUE;
  }
  if (w) {
    int r = drift(x, X, l, B, 1);
    if (r > best) best = r;
  }
  return best == 0 && !atrest(x, X, B) ? THIN : best;
}
/* ages beyond an eighth e, exponential with mean v: as many old ones as that */
static int pop(const site_t *f) {
  int B = f->B, e = B / 8, w;
  double s = 0, y = 0, o = 0, h = 0, v, x;
  for (int k = 0; k < B - e; k++) s += f->S[k];
  for (int k = B - 2 * e; k < B - e; k++) y += f->S[k];
  if (s < 8 || y == 0 || y == s) return 0;
  v = -(double)e / log(1 - y / s);
  w = e + (int)ceil(2.5 * v);
  if (ceil(v) > .33 * B || w >= B) return 0;
  for (int k = 0; k < B - w; k++) o += f->S[k];
  for (int k = e; k < B / 2; k++) h += f->S[k];
  x = s * exp(-(B / 2 - e) / v) - s * exp(-(B - 2 * e) / v);
  return o >= .027 * s && h <= x + 2.5 * sqrt(x) + 1;
}
int lks_judge(const site_t *f) {
  int B = f->B, best = OK, cl = 1, W = 1;
  if (f->limit > 0 && f->peak >= LIM * f->limit) return LIMIT;
  if (B < 24)
    return f->lo[B - 1] > f->lo[0] || f->blo[B - 1] > f->blo[0] ? MORE : OK;
  while ((f->n + W - 1) / W > 64) W *= 2;
  int R = f->rested <= 0 ? 3 * B / 4 : (f->rested - 1) / W + 1;
  int Q = R >= B / 2 ? R : 3 * B / 4;
  for (int k = 0; k < B - 1; k++)
    if (f->lo[k + 1] < f->hi[k]) cl = 0;
  if (suspect(f, cl, Q)) {
    int r = retention(f, cl), d = drift(f->lo, f->hi, f->la, B, 0);
    best = r > d ? r : d;
    if (best == LEAK && !cl && pop(f)) best = THIN;
    if (best == 0 && !atrest(f->lo, f->hi, B)) best = THIN;
  }
  int r = bytes(f, R, Q);
  return r > best ? r : best;
}
