using System.Numerics;

namespace Map.Bench.Guests;

/// <summary>The algorithms of tests/fixtures/guests/kernels.c in C#, statement for statement.</summary>
internal static class Kernels
{
    private const int SieveSize = 1 << 20;
    private const int MatrixMax = 128;
    private const int WalkWords = 1 << 18;

    private static readonly byte[] Composite = new byte[SieveSize];
    private static readonly double[] Left = new double[MatrixMax * MatrixMax];
    private static readonly double[] Right = new double[MatrixMax * MatrixMax];
    private static readonly double[] Product = new double[MatrixMax * MatrixMax];
    private static readonly uint[] Words = new uint[WalkWords];
    private static readonly byte[] Message = new byte[64];

    private static readonly uint[] RoundConstants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    public static int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);

    public static int Sieve(int limit)
    {
        var composite = Composite;
        var primes = 0;
        for (var i = 0; i < limit; i++) composite[i] = 0;
        for (var i = 2; i < limit; i++)
        {
            if (composite[i] != 0) continue;
            primes++;
            for (var j = i + i; j < limit; j += i) composite[j] = 1;
        }

        return primes;
    }

    public static double Matrix(int size)
    {
        var (left, right, product) = (Left, Right, Product);
        for (var i = 0; i < size * size; i++)
        {
            left[i] = (i % 7) - 3.5;
            right[i] = (i % 11) * 0.25;
        }

        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                double sum = 0;
                for (var k = 0; k < size; k++) sum += left[(i * size) + k] * right[(k * size) + j];
                product[(i * size) + j] = sum;
            }
        }

        double trace = 0;
        for (var i = 0; i < size; i++) trace += product[(i * size) + i];
        return trace;
    }

    public static int Sha256(int blocks)
    {
        uint[] state = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
        for (var i = 0; i < 64; i++) Message[i] = (byte)i;
        for (var i = 0; i < blocks; i++)
        {
            Message[0] = (byte)i;
            HashBlock(state, Message);
        }

        return (int)state[0];
    }

    public static int Walk(int rounds)
    {
        var words = Words;
        uint sum = 0;
        for (var i = 0; i < WalkWords; i++) words[i] = (uint)i * 2654435761u;
        for (var r = 0; r < rounds; r++)
        {
            for (var i = 0; i < WalkWords; i++)
            {
                sum += words[i];
                words[i] = sum ^ (uint)i;
            }
        }

        return (int)sum;
    }

    private static void HashBlock(uint[] state, byte[] block)
    {
        Span<uint> w = stackalloc uint[64];
        for (var i = 0; i < 16; i++)
            w[i] = ((uint)block[i * 4] << 24) | ((uint)block[(i * 4) + 1] << 16) | ((uint)block[(i * 4) + 2] << 8) | block[(i * 4) + 3];
        for (var i = 16; i < 64; i++)
        {
            var s0 = BitOperations.RotateRight(w[i - 15], 7) ^ BitOperations.RotateRight(w[i - 15], 18) ^ (w[i - 15] >> 3);
            var s1 = BitOperations.RotateRight(w[i - 2], 17) ^ BitOperations.RotateRight(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }

        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var i = 0; i < 64; i++)
        {
            var t1 = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
                + ((e & f) ^ (~e & g)) + RoundConstants[i] + w[i];
            var t2 = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
                + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}
