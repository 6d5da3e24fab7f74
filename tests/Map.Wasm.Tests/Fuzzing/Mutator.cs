namespace Map.Wasm.Tests.Fuzzing;

/// <summary>Damages modules from a seed.</summary>
internal static class Mutator
{
    /// <summary>A copy with one to four changes: bytes set, flipped, inserted, removed, repeated or cut off.</summary>
    public static byte[] Mutate(byte[] module, Random random)
    {
        var bytes = module.ToList();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 9; changes--)
        {
            // The header stays as it is; nothing is learnt from another.
            var at = random.Next(8, bytes.Count);
            // Mostly without a change of length: another length is refused before the rest is read.
            switch (random.Next(40))
            {
                case < 12: bytes[at] = (byte)random.Next(256); break;
                case < 22: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 22: bytes.Insert(at, (byte)random.Next(256)); break;
                case 23: bytes.RemoveAt(at); break;
                case < 32: bytes[at]++; break;
                case 32: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at))); break;
                default:
                    if (random.Next(10) == 0) bytes.RemoveRange(at, bytes.Count - at);
                    else bytes[at] = bytes[random.Next(8, bytes.Count)];
                    break;
            }
        }

        return [.. bytes];
    }
}
