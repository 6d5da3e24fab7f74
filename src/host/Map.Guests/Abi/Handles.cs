namespace Map.Guests.Abi;

/// <summary>
/// What a guest has handles of. A handle is the place in this table and, above it, how often the place was used, so that a
/// closed handle stays a bad one until its place was used 32,767 times more.
/// </summary>
/// <param name="most">How many there may be at a time; at most 65,536.</param>
internal sealed class Handles(int most)
{
    private const int PlaceBits = 16;
    private const int MaxUse = short.MaxValue;

    private readonly List<(object? Item, int Use)> _places = [];
    private readonly Queue<int> _free = [];

    /// <summary>How many are open.</summary>
    public int Count => _places.Count - _free.Count;

    /// <summary>Refuses when no more fits, for those who must not do half of their work.</summary>
    /// <exception cref="AbiException"><see cref="AbiResult.Limit"/>.</exception>
    public void RequireRoom()
    {
        if (Count >= most) throw new AbiException(AbiResult.Limit);
    }

    /// <summary>Makes a handle.</summary>
    /// <exception cref="AbiException"><see cref="AbiResult.Limit"/>.</exception>
    public int Open(object item)
    {
        RequireRoom();
        // The longest free first, so that a closed handle stays a bad one for long.
        var place = _free.Count > 0 ? _free.Dequeue() : _places.Count;
        if (place == _places.Count) _places.Add((null, 0));
        var use = (_places[place].Use % MaxUse) + 1;
        _places[place] = (item, use);
        return (use << PlaceBits) | place;
    }

    /// <summary>What a handle stands for; null when it is none.</summary>
    public object? Find(int handle)
    {
        var place = handle & ((1 << PlaceBits) - 1);
        if (place >= _places.Count) return null;
        var (item, use) = _places[place];
        return use == handle >> PlaceBits ? item : null;
    }

    /// <summary>Frees a handle and returns what it stood for; null when it is none.</summary>
    public object? Close(int handle)
    {
        if (Find(handle) is not { } item) return null;
        var place = handle & ((1 << PlaceBits) - 1);
        _places[place] = (null, _places[place].Use);
        _free.Enqueue(place);
        return item;
    }
}
