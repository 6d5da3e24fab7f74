namespace Map.Rpc.Services;

/// <summary>The hub's view of a caller.</summary>
internal static class HubCallers
{
    public static Hub.Caller ToHub(this Caller caller) => new(caller.Name, ToHub(caller.Scope), caller.Spaces);

    private static Hub.AccessScope ToHub(AccessScope scope) => scope switch
    {
        AccessScope.Read => Hub.AccessScope.Read,
        AccessScope.Write => Hub.AccessScope.Write,
        AccessScope.Admin => Hub.AccessScope.Admin,
        _ => throw new InvalidOperationException($"The scope {scope} does not reach the hub."),
    };
}
