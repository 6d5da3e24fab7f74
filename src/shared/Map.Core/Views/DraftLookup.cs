using System.Globalization;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Transactions;

namespace Map.Core.Views;

/// <summary>The two kinds of drafts of a transaction.</summary>
public enum DraftPool
{
    /// <summary>What commit saves.</summary>
    Staged,

    /// <summary>Scratch.</summary>
    Transient,
}

/// <summary>Finds drafts by key: staged ones, those staged for delete among them, and transient ones; none that is abandoned.</summary>
internal sealed class DraftLookup(TransactionView view)
{
    private const string Separator = "__";

    /// <summary>The drafts of a key in order of type and creation.</summary>
    public IEnumerable<(ListPosition Position, LocalId Id)> WithKey(DraftPool pool, string key, ListPosition? after) =>
        PoolOf(pool).WithKey(key, after is { } at ? new KeyEntry(at.Key, at.Type, at.Holon) : null)
            .Select(entry => (new ListPosition(entry.Key, entry.Type, entry.Holon), entry.Holon));

    /// <summary>The one draft of a versioned key.</summary>
    public HolonReference Find(DraftPool pool, string versionedKey)
    {
        var (key, version) = Split(versionedKey);
        var drafts = PoolOf(pool);
        var matches = drafts.WithKey(key, null).Select(entry => entry.Holon)
            .Where(id => (drafts.Find(id)!.Base?.Version ?? 0) == version).Select(view.ReferenceTo).ToList();
        if (matches.Count == 1) return matches[0];
        if (matches.Count > 1) throw view.Ambiguous(versionedKey, matches, "Take one of the candidates.");
        var what = pool == DraftPool.Staged ? "staged" : "transient";
        throw new HolonException([new HolonError(HolonErrorCode.KeyNotFound, $"No {what} holon has the versioned key \"{versionedKey}\".")
        {
            Key = versionedKey,
        }]);
    }

    private HolonPool PoolOf(DraftPool pool) => pool == DraftPool.Staged ? view.State.Nursery : view.State.Transients;

    /// <summary>Splits at the last separator: a key may hold others.</summary>
    private static (string Key, int Version) Split(string versionedKey)
    {
        var end = versionedKey.LastIndexOf(Separator, StringComparison.Ordinal);
        var digits = end < 0 ? "" : versionedKey[(end + Separator.Length)..];
        var isNumber = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version);
        // Only the form that is given out: without zeros before the number.
        if (end > 0 && isNumber && digits == version.ToString(CultureInfo.InvariantCulture)) return (versionedKey[..end], version);
        throw new HolonException(
            HolonErrorCode.InvalidRequest,
            "\"versioned_key\" is a key, two underscores and a version, as VersionedKey gives it.",
            field: "versioned_key");
    }
}
