using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>What a deletion takes along by the model.</summary>
internal sealed class ModelCascade(ModelSpace space, ModelState state)
{
    private readonly List<ModelHolon> _gone = [];

    /// <summary>The holon and all that go with it, as the view has them before.</summary>
    public List<ModelHolon> From(int holon)
    {
        _gone.Add(state.InView(holon)!);
        for (var i = 0; i < _gone.Count; i++)
        {
            foreach (var each in Along(_gone[i]).Select(state.InView).OfType<ModelHolon>())
                if (GoesWith(each, _gone[i]) && !_gone.Contains(each)) _gone.Add(each);
        }

        return _gone;
    }

    private IEnumerable<int> Along(ModelHolon holon)
    {
        var parts = space.Declares(holon.Type, TestSchema.Parts) ? holon.See(TestSchema.Parts).Select(link => link.Target) : [];
        if (!space.HasInverse(holon.Type, TestSchema.RemarkedBy)) return parts;
        var remarking = state.View().Where(each => space.Declares(each.Type, TestSchema.Remarks));
        return parts.Concat(remarking.Where(each => each.See(TestSchema.Remarks).Any(link => link.Target == holon.Id)).Select(each => each.Id));
    }

    private bool GoesWith(ModelHolon holon, ModelHolon from) =>
        holon.Id != space.SpaceHolon && (from.Phase != HolonPhase.StagedForCreate || holon.Phase == HolonPhase.StagedForCreate);
}
