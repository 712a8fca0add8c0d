package org.fewstep.path;

import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/** Sample i with sample i: noise and data independent. */
public record IndependentCoupling() implements MinibatchCoupling {
    @Override
    public IndexPairs pairs(Tensor noise, Tensor data, Rng rng, int step) {
        int batch = data.dim(0);
        int[] index = new int[batch];
        for (int i = 0; i < batch; i++) {
            index[i] = i;
        }
        return new IndexPairs(index, index.clone());
    }
}
